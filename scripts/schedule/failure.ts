import { messageOf, oneLine } from "./state.ts";

/** Cloudflare's code for "this Worker does not exist on your account". */
const NO_SUCH_WORKER = 10007;

/** `network`: no answer; `server`: try again later; `login`: refused login; `missing`: no such Worker; `refused`: anything else. */
type FailureKind = "network" | "server" | "login" | "missing" | "refused";

/** A call that did not succeed. Its message is fit to be shown to the owner. */
export class ApiFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Whether trying again may help. So it may where the API gave no answer at all, such as a login that can't be renewed offline. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ApiFailure) || error.kind === "network" || error.kind === "server";
}

/** Whether the same call is sure to be refused later too. */
export function isFinal(error: unknown): boolean {
  return error instanceof ApiFailure && (error.kind === "login" || error.kind === "missing");
}

/** The failure behind an answer that is no success. `errors` are those of Cloudflare's envelope. */
export function refusal(status: number, errors: Record<string, unknown>[], script: string | undefined): ApiFailure {
  const told = errors.map((error) => `${String(error["message"])} [code ${String(error["code"])}]`).join("; ");
  const answer = oneLine(`HTTP ${status}${told ? `: ${told}` : ""}`);
  const codes = errors.map((error) => Number(error["code"]));
  if (codes.includes(NO_SUCH_WORKER)) {
    return new ApiFailure("missing", `there is no Worker "${script}" on this account: deploy it first (${answer})`);
  }
  if (status === 401 || status === 403) {
    const reason = "it may have expired, or lack the permission Workers Scripts: Edit";
    return new ApiFailure("login", `Cloudflare refuses this login: ${reason} (${answer})`);
  }
  // A 2xx that is no envelope comes from something in between, such as a hotel's sign-in page.
  const passes = status === 429 || status >= 500 || status < 300;
  return new ApiFailure(passes ? "server" : "refused", answer);
}

/** The failure behind a `fetch` that threw. */
export function unreachable(error: unknown, url: string, timeoutMs: number): ApiFailure {
  const { host } = new URL(url);
  if (error instanceof Error && error.name === "TimeoutError") {
    return new ApiFailure("network", `${host} gave no answer within ${timeoutMs / 1000} s`);
  }
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : messageOf(cause ?? error);
  return new ApiFailure("network", `${host} can't be reached (${code})`);
}
