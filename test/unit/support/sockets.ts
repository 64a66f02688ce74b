/** One end of a socket, with what came over it. */
export interface End {
  socket: WebSocket;
  /** Messages in their order; bytes as a list of numbers. */
  messages: (string | number[])[];
  /** The close frame that came; 1005: without a code; 1006: none came. */
  closed: Promise<{ code: number; reason: string }>;
}

/**
 * Accepts a socket and writes down what comes.
 *
 * @param allowHalfOpen true: a close frame is answered only by the test
 */
export function listen(socket: WebSocket, allowHalfOpen = false): End {
  const messages: (string | number[])[] = [];
  const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    messages.push(typeof data === "string" ? data : [...new Uint8Array(data as ArrayBuffer)]);
  });
  socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  socket.accept({ allowHalfOpen });
  return { socket, messages, closed: promise };
}

/** A pair: `[the test's end, the end for the code under test]`. */
export function pair(): [own: WebSocket, other: WebSocket] {
  const { 0: own, 1: other } = new WebSocketPair();
  return [own, other];
}

/** The provider's side of a handshake that the gateway makes. */
export interface ProviderSocket {
  /** Undefined until the handshake came. */
  end?: End;
}

/**
 * A provider's 101, for `fakeUpstream`: it must be made inside the gateway's request, and only that may use it. So the
 * provider does by itself what it is told to: `close 4000 reason`.
 *
 * @param into takes the provider's end
 */
export function acceptedBy(into: ProviderSocket, headers: Record<string, string> = {}): () => Response {
  return () => {
    const [own, other] = pair();
    into.end = listen(own);
    own.addEventListener("message", ({ data }) => {
      const [word, code, reason] = String(data).split(" ");
      if (word === "close") own.close(Number(code), reason);
    });
    own.send('{"type":"session.created"}');
    return new Response(null, { status: 101, webSocket: other, headers });
  };
}

/** The client's end of an answer. */
export function clientOf(response: Response): End {
  if (response.webSocket === null) throw new Error(`The answer is no socket but ${response.status}.`);
  return listen(response.webSocket);
}
