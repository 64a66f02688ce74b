import { handle } from "../../../gateway/pipeline.ts";
import { targetOf } from "../../../gateway/target.ts";
import { gatewayEnv } from "./gateway.ts";

/** An environment whose relays say what was asked of them. */
export interface WatchedEnv {
  env: GatewayEnv;
  /** Jurisdictions that were asked for, one entry for each request by the relay. */
  jurisdictions: string[];
  /** Names of the relays that were asked. */
  names: string[];
}

/**
 * The unit tier's environment with relays that can be watched. workerd doesn't implement jurisdictions, so the one that is
 * asked for is written down, and the real namespace answers.
 *
 * @param settings vars of the Worker
 */
export function watchedEnv(settings: Record<string, unknown> = {}): WatchedEnv {
  const jurisdictions: string[] = [];
  const names: string[] = [];
  const inside = {
    getByName(name: string) {
      names.push(name);
      return gatewayEnv.RELAY.getByName(name);
    },
  };
  const RELAY = {
    jurisdiction(name: string) {
      jurisdictions.push(name);
      return inside;
    },
  };
  const env = { ...gatewayEnv, ...settings, RELAY } as unknown as GatewayEnv;
  return { env, jurisdictions, names };
}

/** What OpenAI answers where it isn't sold. */
export const OPENAI_REFUSAL = {
  error: {
    code: "unsupported_country_region_territory",
    message: "Country, region, or territory not supported",
    param: null,
    type: "request_forbidden",
  },
};
/** What Gemini answers where it isn't sold. */
export const GEMINI_REFUSAL = {
  error: { code: 400, message: "User location is not supported for the API use.", status: "FAILED_PRECONDITION" },
};
/** OpenAI's whole answer. */
export const openaiRefusal = (): Response => Response.json(OPENAI_REFUSAL, { status: 403 });
/** Gemini's whole answer. */
export const geminiRefusal = (): Response => Response.json(GEMINI_REFUSAL, { status: 400 });
/** What a provider answers where it is. */
export const fine = (): Response => Response.json({ ok: true });

/** Answers in turn; the last one for all that come after. */
export function inTurn(...answers: (() => Response)[]): () => Response {
  let next = 0;
  return () => (answers[Math.min(next++, answers.length - 1)] ?? fine)();
}

/** A request from a location. */
export interface Ask {
  env: GatewayEnv;
  path?: string;
  headers?: Record<string, string>;
  body?: string | null;
  length?: number | null;
  colo?: string;
}

/** A POST of a body with its length, as every SDK sends one. */
export function post({
  env,
  path = "/v1/responses",
  headers = {},
  body = '{"input":"x"}',
  length,
  colo = "HKG",
}: Ask): Promise<Response> {
  const size = length === undefined ? (body?.length ?? 0) : length;
  const request = new Request("https://gateway.example/", {
    method: "POST",
    headers: { ...headers, ...(size !== null && { "content-length": String(size) }) },
    body,
    cf: { colo },
  });
  return handle(request, targetOf(`https://gateway.example${path}`), env, () => undefined);
}
