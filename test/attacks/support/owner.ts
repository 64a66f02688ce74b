import { Secret, TOTP } from "otpauth";
import { type Asking, type Answer, send } from "./http.ts";
import type { House } from "./house.ts";

const STEP_MS = 30_000;

/** A code of the authenticator's: one for each step, since each of them works once. `step`: from this moment's. */
export const codeOf = (base32: string, step: number): string =>
  new TOTP({ secret: Secret.fromBase32(base32) }).generate({ timestamp: Date.now() + step * STEP_MS });

/** Takes a text out of an answer's JSON. */
export function pick({ text }: Pick<Answer, "text">, ...path: string[]): string {
  let here: unknown = JSON.parse(text);
  for (const name of path) here = Reflect.get(Object(here), name);
  if (typeof here !== "string") throw new Error(`There is no ${path.join(".")} in ${text}`);
  return here;
}

/** The fields of a page's form as they stand, as a browser would send them. */
export function formOf(page: string, action: string): URLSearchParams {
  const form = new RegExp(`<form[^>]*action="${action}"[^]*?</form>`).exec(page)?.[0] ?? "";
  if (form === "") throw new Error(`The page has no form for ${action}.`);
  const found = new URLSearchParams();
  const attribute = (tag: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  for (const [whole, tag = ""] of form.matchAll(/(<select\b[^>]*>)[^]*?<\/select>/g)) {
    const options = [...whole.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
    const chosen = options.find((option) => / selected\b/.test(option)) ?? options[0] ?? "";
    found.append(attribute(tag, "name"), attribute(chosen, "value"));
  }
  for (const [tag] of form.matchAll(/<(?:input|textarea)\b[^>]*>/g)) {
    const isOff = /type="(?:checkbox|radio)"/.test(tag) && !/\bchecked\b/.test(tag);
    const name = attribute(tag, "name");
    if (!isOff && name !== "") found.append(name, attribute(tag, "value"));
  }
  return found;
}

/** The owner at work, by the console and by the API; every answer is written down. */
export class Owner {
  readonly #house: House;
  readonly #cookies = new Map<string, string>();
  #session = "";

  constructor(house: House) {
    this.#house = house;
  }

  /** The session's JWT, of the API. */
  get session(): string {
    return this.#session;
  }

  /** A cookie that the console gave; empty: none. */
  cookie(name: string): string {
    return this.#cookies.get(name) ?? "";
  }

  async #ask(name: string, asking: Asking): Promise<Answer> {
    const answer = await send(this.#house.adminUrl, asking);
    this.#house.ledger.note("the owner", `${name}: ${asking.method ?? "GET"} ${asking.path}`, answer.whole);
    return answer;
  }

  /** Signs in to the API. */
  async signIn(step: number): Promise<void> {
    const { password, totp } = this.#house.secrets;
    const proof = { password, totp: codeOf(totp, step) };
    this.#session = pick(await this.api("POST", "session", proof, "sign-in"), "token");
  }

  /** Asks the API. `name`: what for, in the book of what left. */
  api(method: string, path: string, body?: unknown, name = "api"): Promise<Answer> {
    const headers = {
      "content-type": "application/json",
      ...(this.#session !== "" && { authorization: `Bearer ${this.#session}` }),
    };
    const asking = { method, path: `/api/${path}`, headers };
    return this.#ask(name, { ...asking, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  /** Asks for a page, or sends a form of the console's own. */
  async page(path: string, form?: URLSearchParams, name = "page"): Promise<Answer> {
    const cookie = [...this.#cookies].map(([key, value]) => `${key}=${value}`).join("; ");
    const headers = {
      "sec-fetch-site": "same-origin",
      ...(cookie !== "" && { cookie }),
      ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
    };
    const method = form === undefined ? "GET" : "POST";
    const answer = await this.#ask(name, { method, path, headers, ...(form && { body: form.toString() }) });
    for (const line of answer.headers.getSetCookie()) {
      const [, key = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/i.test(line)) this.#cookies.delete(key);
      else this.#cookies.set(key, value);
    }
    return answer;
  }

  /** Sends a form and asks for the page that it leads to. */
  async submit(path: string, form: URLSearchParams, name: string): Promise<Answer> {
    const answer = await this.page(path, form, name);
    const location = answer.headers.get("location");
    if (answer.status !== 303 || location === null) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return this.page(location, undefined, name);
  }
}
