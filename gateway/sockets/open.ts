import { refusalResponse } from "../dialects.ts";
import { cleanResponseHeaders } from "../headers.ts";
import { ROUTE_ROWS } from "../providers.ts";
import type { FrameJudge } from "../reading/frames.ts";
import type { Refusal } from "../refusals.ts";
import type { SocketEndpoint } from "./endpoints.ts";
import { goodbyeOf } from "./refuse.ts";
import { type Gate, type Onlooker, relay, type SocketEnd } from "./relay.ts";
import { selectedSubprotocol } from "./subprotocols.ts";
import type { Vigil } from "../vigil.ts";

/** Headers of the provider's 101 that belong to its own connection. */
const HANDSHAKE_HEADERS = ["connection", "upgrade", "sec-websocket-accept", "sec-websocket-extensions"];

/** What an open socket goes by. */
export interface SocketTerms {
  endpoint: SocketEndpoint;
  /** The provider keys. */
  keys: readonly string[];
  /** Subprotocols of the client's, without credentials. */
  offered: readonly string[];
  /** Over the token; ends with the socket. */
  vigil: Pick<Vigil, "whenDead" | "end">;
  /** Sees every frame; null: nobody. */
  onlooker: Onlooker | null;
  /** Of what the holder sends; null: all of it passes. */
  judge: FrameJudge | null;
}

/** An opened socket. */
export interface Opened {
  /** The 101 for the client. */
  response: Response;
  /** Settles when the socket is over. Never rejects. */
  ended: Promise<SocketEnd>;
}

/** Lets through what a judge has nothing against; after its first refusal, nothing more. */
function gateOf(judge: FrameJudge, refuse: (refusal: Refusal) => void): Gate {
  let shut = false;
  return {
    letsThrough: (data) => {
      const refusal = shut ? null : judge.judge(data);
      if (refusal !== null) refuse(refusal);
      shut ||= refusal !== null;
      return !shut;
    },
    fromProvider: (data) => judge.hear(data),
  };
}

/**
 * Joins the provider's socket to the client's, until either closes it or the token dies.
 *
 * @param upstream the provider's 101
 * @param provider its socket, not yet accepted
 */
export function openSocket(upstream: Response, provider: WebSocket, terms: SocketTerms): Opened {
  const { endpoint, keys, offered, vigil, onlooker, judge } = terms;
  const { 0: client, 1: own } = new WebSocketPair();
  const headers = new Headers(upstream.headers);
  cleanResponseHeaders(headers, keys);
  for (const name of HANDSHAKE_HEADERS) headers.delete(name);
  const subprotocol = selectedSubprotocol(offered, upstream.headers.get("sec-websocket-protocol"));
  headers.delete("sec-websocket-protocol");
  if (subprotocol !== null) headers.set("sec-websocket-protocol", subprotocol);
  const response = new Response(null, { status: 101, webSocket: client, headers });
  const gate = judge === null ? null : gateOf(judge, (refusal) => void cut(refusal));
  const relayed = relay(own, provider, keys, onlooker, gate);
  const cut = async (refusal: Refusal): Promise<void> => {
    relayed.cut(await goodbyeOf(refusalResponse(refusal, ROUTE_ROWS[endpoint.route].dialect), endpoint));
  };
  vigil.whenDead((refusal) => void cut(refusal));
  const over = async (): Promise<SocketEnd> => {
    const end = await relayed.ended;
    vigil.end();
    return end;
  };
  return { response, ended: over() };
}
