// The Workers of the bench beside the gateway.

/** What everything is compared with: a Worker that passes requests, answers and sockets on, and does nothing else. */
export const BASELINE = `export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname + search, request);
  },
};`;

/** Tells the gateway of a token as the admin would, over the same binding. */
export const OWNER = `export default {
  async fetch(request, env) {
    return Response.json(await env.CONTROL.apply(await request.json()));
  },
};`;
