// The Workers of the bench beside the gateway.

/** What everything is compared with: a Worker that passes requests, answers and sockets on, and does nothing else. */
export const BASELINE = `export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname + search, request);
  },
};`;

/**
 * The least that a Worker does that puts in a key, reads the usage of an answer and writes a line of the log: no token is looked
 * up, nothing is judged, scrubbed, priced or kept. What it costs, no gateway of this kind can do without. A short answer is read whole; a
 * stream's second branch is read when the first is over: read before, it would hold the first one back.
 */
export const LEAST = `const decoder = new TextDecoder();
export default {
  async fetch(request, env, ctx) {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("authorization", "Bearer sk-bench");
    const { method, body } = request;
    const answer = await fetch(env.UPSTREAM + pathname + search, { method, headers, body, redirect: "manual" });
    const log = (usage) => console.log(JSON.stringify({ event: "request", status: answer.status, usage }));
    const answered = (body) => new Response(body, { status: answer.status, headers: answer.headers });
    if (answer.headers.get("content-length") !== null) {
      const bytes = await answer.bytes();
      log(JSON.parse(decoder.decode(bytes)).usage);
      return answered(bytes);
    }
    const { readable, writable } = new IdentityTransformStream();
    const [first, second] = readable.tee();
    const metered = async () => {
      await answer.body.pipeTo(writable);
      const text = await new Response(second).text();
      const start = text.lastIndexOf('"usage":{') + '"usage":'.length;
      log(JSON.parse(text.slice(start, text.indexOf("}", start) + 1)));
    };
    ctx.waitUntil(metered());
    return answered(first);
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
