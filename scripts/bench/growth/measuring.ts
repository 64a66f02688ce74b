import { Agent, request } from "node:http";
import { PASSWORD } from "./pair.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
/** Requests before those that count. */
const WARM_UP = 3;

/** An answer, and how long it took until its last byte, in ms. */
export interface Timed {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
  ms: number;
}

/** Sends a request over a connection that is kept. */
export function send(
  url: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Timed> {
  const { promise, resolve, reject } = Promise.withResolvers<Timed>();
  const begun = performance.now();
  const outgoing = request(url, { method, headers, agent }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", reject);
    answer.on("end", () => {
      const ms = performance.now() - begun;
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString(), ms });
    });
  });
  outgoing.on("error", reject);
  outgoing.end(body);
  return promise;
}

/** Signs in to the console. @returns the cookie to send along */
export async function signIn(admin: string): Promise<string> {
  const answer = await send(`${admin}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", origin: admin },
    body: new URLSearchParams({ password: PASSWORD }).toString(),
  });
  const [cookie] = [answer.headers["set-cookie"] ?? []].flat();
  if (cookie === undefined) throw new Error(`The sign-in was answered ${answer.status}: ${answer.body}`);
  return cookie.split(";")[0] ?? "";
}

/** Times of several requests, in ms. */
export interface Times {
  median: number;
  p95: number;
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** What times come to. */
export function timesOf(all: readonly number[]): Times {
  const sorted = all.toSorted((a, b) => a - b);
  return { median: at(sorted, 0.5), p95: at(sorted, 0.95) };
}

/**
 * Measures some things side by side, in turns, so that what else the machine does meets all of them alike.
 *
 * @param each does the thing once and tells how long it took, in ms
 * @param rounds how often each is measured, after a warm-up
 */
export async function inTurns(each: readonly (() => Promise<number>)[], rounds: number): Promise<Times[]> {
  const all = each.map((): number[] => []);
  for (let round = 0; round < WARM_UP + rounds; round++) {
    for (const [index, one] of each.entries()) {
      const ms = await one();
      if (round >= WARM_UP) all[index]?.push(ms);
    }
  }
  return all.map(timesOf);
}
