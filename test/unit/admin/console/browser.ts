import { policyFields } from "./policy-form.ts";
import { type Answer, ORIGIN, PASSWORD, send, type Sending, sendWith } from "../../support/admin.ts";

const OWN_PAGE = { "sec-fetch-site": "same-origin" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Fields of a form; a list is one field sent several times. */
export type Fields = Record<string, string | readonly string[]>;

const encoded = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string])),
  ).toString();

/** What a new token's form sends where nothing was touched but the label. */
export const newToken = (label: string, more: Fields = {}): Fields => ({
  label,
  providers: ["openai", "anthropic", "gemini"],
  expiry: "never",
  expiresAt: "",
  note: "",
  secretKind: "make",
  secret: "",
  ...policyFields(),
  ...more,
});

/** What a browser without scripts does: it keeps cookies, sends forms, and says whose page it is on. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** Sent with every request. */
  headers: Record<string, string> = {};
  origin = ORIGIN;
  /** Bindings of the admin to have in the place of its own, such as another gateway; null: none. */
  bindings: Record<string, unknown> | null = null;

  static async signedIn(): Promise<Browser> {
    const browser = new Browser();
    const answer = await browser.post("/sign-in", { password: PASSWORD });
    if (answer.status !== 303) throw new Error(`The sign-in failed: ${answer.status}`);
    return browser;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send("GET", path, { headers: { ...OWN_PAGE, ...headers } });
  }

  post(path: string, fields: Fields = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send("POST", path, { body: encoded(fields), headers: { ...OWN_PAGE, ...FORM, ...headers } });
  }

  /** Sends a form, and fetches the page that it leads to. */
  async submit(path: string, fields: Fields = {}): Promise<Answer> {
    const answer = await this.post(path, fields);
    const location = answer.headers.get("location");
    if (answer.status !== 303 || location === null) throw new Error(`${path} answered ${answer.status}, no 303`);
    return this.get(location);
  }

  /** Creates a token by the form; returns its id and the page that shows the secret. */
  async create(label: string, more: Fields = {}): Promise<{ id: string; secret: string; page: Answer }> {
    const answer = await this.post("/tokens", newToken(label, more));
    const location = answer.headers.get("location") ?? "";
    const id = /^\/tokens\/([0-9A-Za-z]{10})\/secret$/.exec(location)?.[1];
    if (answer.status !== 303 || id === undefined) throw new Error(`No token was created: ${answer.status}`);
    const page = await this.get(location);
    return { id, secret: /<code data-copy="token">([^<]+)</.exec(page.text)?.[1] ?? "", page };
  }

  async #send(method: string, path: string, { headers, ...sending }: Sending): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const all = Object.fromEntries(
      // An empty header is one that isn't sent.
      Object.entries({ ...this.headers, ...headers, cookie }).filter(([, value]) => value !== ""),
    );
    const asking = { ...sending, origin: this.origin, headers: all };
    const answer = await (this.bindings === null
      ? send<unknown>(method, path, asking)
      : sendWith<unknown>(this.bindings, method, path, asking));
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/Max-Age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The text of a page: what a reader sees, in one line. */
export const seen = (page: Answer): string =>
  page.text
    .replace(/^.*<main[^>]*>/s, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ")
    .trim();
