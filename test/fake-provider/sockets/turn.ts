import { type Call, type RawCall, readCall } from "../call.ts";

/** A message as if it were the body of a request: ids and fake models then go by it. */
export function callOf(handshake: Call, message: unknown, turn: number, model: string): Call {
  const { method, headers, origin, path } = handshake;
  const body = Buffer.from(JSON.stringify({ ...(typeof message === "object" ? message : {}), model, turn }));
  const raw: RawCall = { method, target: path, headers: { ...headers, "x-fake-model": model }, body, origin };
  return readCall(raw);
}
