// The Workers of the bench beside the gateway.

/** What everything is compared with: a Worker that passes requests, answers and sockets on, and does nothing else. */
export const BASELINE = `export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname + search, request);
  },
};`;

/** A relay of WebSockets as short as it can be, whose messages go through JavaScript: who has to look at each can't do with less. */
export const RELAY = `const joined = (from, to) => {
  from.addEventListener("message", ({ data }) => to.send(data));
  from.addEventListener("close", ({ code, reason }) => (code === 1005 || code === 1006 ? to.close() : to.close(code, reason)));
};
export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const { webSocket: provider } = await fetch(env.UPSTREAM + pathname + search, request);
    const { 0: client, 1: own } = new WebSocketPair();
    own.accept();
    provider.accept();
    joined(own, provider);
    joined(provider, own);
    return new Response(null, { status: 101, webSocket: client });
  },
};`;

/** Tells the gateway of a token as the admin would, over the same binding. */
export const OWNER = `export default {
  async fetch(request, env) {
    return Response.json(await env.CONTROL.apply(await request.json()));
  },
};`;
