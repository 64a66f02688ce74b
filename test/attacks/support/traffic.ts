import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PROVIDERS } from "../../../shared/providers.ts";
import { hashToken } from "../../../shared/hash.ts";
import { claimedId, generateToken } from "../../../shared/token.ts";
import { Holder } from "./holder.ts";
import { type House, receivedText } from "./house.ts";
import { codeOf, formOf, Owner, pick } from "./owner.ts";
import { noteStorage } from "./storage.ts";

/** The secret part of a generated secret: behind it its beginning and its public id. */
const core = (secret: string): string => secret.slice(secret.indexOf("_") + 11);

const NEW = { providers: PROVIDERS, endpoints: "all", holderMay: ["rotate", "revoke"] };
const EVENTS = [
  "budget.used_up",
  "provider_key.rejected",
  "token.claimed",
  "token.first_used",
  "token.rotated_by_holder",
  "token.revoked_by_holder",
];
const EVENTS_DEADLINE_MS = 60_000;

/** What was handed out. */
export interface Tokens {
  made: string;
  typed: string;
  claimed: string;
}

/** Plants a secret that is shown once, in the answers of one name, in the forms that they write it in. */
function plantShown(house: House, name: string, secret: string, place: "the owner" | "a holder", where: RegExp): void {
  house.ledger.plant(name, core(secret));
  house.ledger.permit(name, place, [secret], where);
}

async function bySecret(house: House, owner: Owner): Promise<Tokens> {
  const made = pick(await owner.api("POST", "tokens", { label: "made", ...NEW }, "make a token"), "secret");
  plantShown(house, "a made token", made, "the owner", /^make a token: /);
  const typed = `typed.${randomBytes(16).toString("hex")}`;
  await owner.api("POST", "tokens", { label: "typed", secret: typed, ...NEW }, "type a token");
  house.ledger.plant("a typed token", typed);
  house.ledger.permit("a typed token", "the owner", [typed], /^type a token: /);
  const linked = await owner.api("POST", "tokens", { label: "linked", claim: {}, ...NEW }, "make a link");
  return { made, typed, claimed: await claim(house, owner, linked) };
}

/** A token by a claim link: made by its holder, and never sent anywhere but as an API key. */
async function claim(house: House, owner: Owner, { text }: { text: string }): Promise<string> {
  const secret = /dgc_[0-9A-Za-z]{48}/.exec(text)?.[0] ?? "";
  plantShown(house, "a claim link's secret", secret, "the owner", /^make a link: /);
  const token = generateToken(claimedId(secret) ?? "");
  house.ledger.plant("a claimed token", core(token));
  const holder = new Holder(house);
  await holder.ask("claim", { path: "/-/claim" });
  const body = JSON.stringify({ claim: secret, hash: await hashToken(token) });
  const answers = [
    await holder.ask("claim", { path: "/-/claim", body }),
    await holder.ask("claim", { path: "/-/claim", body: body.slice(0, -5) }),
  ];
  if (answers[0]?.status !== 200) throw new Error(`The claim was refused: ${answers[0]?.text}`);
  const again = await owner.api("POST", `tokens/${claimedId(secret)}/claim`, {}, "make a link again");
  const next = /dgc_[0-9A-Za-z]{48}/.exec(again.text)?.[0] ?? "";
  plantShown(house, "another claim link's secret", next, "the owner", /^make a link again: /);
  await owner.api("DELETE", `tokens/${claimedId(secret)}/claim`, undefined, "withdraw a link");
  return token;
}

/** A token by the console's form, then rotated by its owner and by its holder. */
async function byConsole(house: House, owner: Owner): Promise<void> {
  const form = formOf((await owner.page("/tokens/new")).text, "/tokens");
  form.set("label", "by the console");
  form.append("holderMay", "rotate");
  form.append("holderMay", "revoke");
  const shown = await owner.submit("/tokens", form, "make by the console");
  const first = /dg_[0-9A-Za-z]{48}/.exec(shown.text)?.[0] ?? "";
  plantShown(house, "a token of the console", first, "the owner", /^make by the console: GET/);
  const id = first.slice(3, 13);
  await owner.page(`/tokens/${id}/secret`);
  const trial = new URLSearchParams({ secret: first, provider: "openai", model: "evil-echo" });
  await owner.page(`/tokens/${id}/secret/test`, trial, "make by the console: GET, its test");
  await owner.api("POST", `tokens/${id}/test`, { secret: first, provider: "openai", model: "evil-echo" });
  const rotated = pick(
    await owner.api("POST", `tokens/${id}/rotate`, { graceSeconds: 60 }, "rotate a token"),
    "secret",
  );
  plantShown(house, "a rotated token", rotated, "the owner", /^rotate a token: /);
  const holder = new Holder(house);
  const own = { authorization: `Bearer ${rotated}` };
  const answer = await holder.ask("rotate", { path: "/-/me/rotate", headers: own, body: "{}" });
  const next = pick(answer, "secret");
  plantShown(house, "a token that its holder rotated", next, "a holder", /^rotate: /);
  const typed = { body: `token=${next}`, headers: { "content-type": "application/x-www-form-urlencoded" } };
  await holder.ask("the page", { path: "/-/", ...typed });
  const paged = await holder.ask("rotate by the page", { path: "/-/me/rotate", ...typed });
  const last = /dg_[0-9A-Za-z]{48}/.exec(paged.text)?.[0] ?? "";
  plantShown(house, "a token that its holder rotated by the page", last, "a holder", /^rotate by the page: /);
  await holder.ask("revoke", { path: "/-/me/revoke", method: "POST", headers: { authorization: `Bearer ${last}` } });
}

async function hook(house: House, owner: Owner): Promise<void> {
  const added = await owner.api("POST", "webhooks", { url: house.hookUrl, events: EVENTS }, "add a webhook");
  const secret = pick(added, "secret");
  house.ledger.plant("a webhook's secret", secret.slice(6));
  house.ledger.permit("a webhook's secret", "the owner", [secret], /^add a webhook: /);
  const id = pick(added, "webhook", "id");
  const next = pick(await owner.api("POST", `webhooks/${id}/rotate`, {}, "rotate a webhook"), "secret");
  house.ledger.plant("a webhook's next secret", next.slice(6));
  house.ledger.permit("a webhook's next secret", "the owner", [next], /^rotate a webhook: /);
  // They are needed to sign, and lie in the ledger alone.
  house.ledger.permit("a webhook's secret", "storage", [secret], /Ledger/);
  house.ledger.permit("a webhook's next secret", "storage", [next], /Ledger/);
  await owner.api("POST", `webhooks/${id}/test`, {});
}

/** Every place of the API that a document of it names, with ids that there are, asked as it stands. */
async function wholeApi(owner: Owner, ids: Record<string, string>): Promise<void> {
  const { paths } = JSON.parse((await owner.api("GET", "openapi.json")).text) as {
    paths: Record<string, Record<string, unknown>>;
  };
  for (const [path, methods] of Object.entries(paths)) {
    const filled = path
      .replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? ids["id"] ?? "x")
      .slice("/api/".length);
    for (const method of Object.keys(methods)) {
      // That would end this very session.
      if (method === "delete" && /^sessions?$/.test(filled)) continue;
      await owner.api(method.toUpperCase(), filled, method === "get" ? undefined : {}, "the whole api");
    }
  }
  const exports = ["tokens/export", "usage/export", "audit/export", `tokens/${ids["id"]}/requests/export`];
  for (const path of exports) {
    for (const format of ["csv", "ndjson", "json"])
      await owner.api("GET", `${path}?format=${format}`, undefined, "export");
  }
}

async function wholeConsole(owner: Owner, id: string): Promise<void> {
  const pages = `/ /tokens /tokens/new /tokens/${id} /tokens/${id}/requests /tokens/${id}/secret /tokens/${id}/delete
    /tokens/bulk /policies /policies/new /prices /prices/new /webhooks /keys /usage /usage?group=token /audit /sessions
    /status /settings /settings/sign-in /nowhere /confirm`.split(/\s+/);
  for (const path of pages) await owner.page(path);
}

/** Guesses and mistakes, whose answers and log lines could repeat what was sent. */
async function mistakes(house: House, owner: Owner, { made }: Tokens): Promise<void> {
  const { password } = house.secrets;
  await owner.api("POST", "session", { password: `${password}x`, totp: "000000" });
  await owner.api("POST", "session", { password, totp: "000000", extra: password });
  await owner.api("POST", "tokens", { label: "", secret: made, providers: [made] });
  await owner.api("GET", `tokens/${made.slice(0, 13)}x`);
  const holder = new Holder(house);
  await holder.ask("dead", { path: "/v1/models", headers: { authorization: `Bearer ${made}x` } });
  await holder.ask("dead", { path: "/-/nowhere", headers: { authorization: `Bearer ${made}` } });
  await holder.ask("dead", { path: "/v1/files/..%5c", headers: { authorization: `Bearer ${made}` } });
  await holder.ask("health", { path: "/-/health" });
}

async function eventsArrive(house: House): Promise<void> {
  const deadline = Date.now() + EVENTS_DEADLINE_MS;
  const wanted = EVENTS.filter((event) => event !== "budget.used_up");
  const missing = (): string[] => {
    const told = house.ledger.leavings.filter(({ place }) => place === "a webhook").map(({ text }) => text);
    return wanted.filter((event) => !told.some((text) => text.includes(`"${event}"`)));
  };
  while (missing().length > 0) {
    if (Date.now() > deadline) throw new Error(`These events didn't arrive: ${missing().join(", ")}`);
    await pause(200);
  }
}

/** Everything that Doppelgate does, once and more, while all that leaves is written down. */
export async function everything(house: House): Promise<Tokens> {
  const owner = new Owner(house);
  await owner.signIn(0);
  const { password, totp } = house.secrets;
  await owner.page("/sign-in", new URLSearchParams({ password, totp: codeOf(totp, 1) }), "sign-in");
  for (const [name, jwt] of [
    ["the API's session", owner.session],
    ["the console's session", owner.cookie("doppelgate-local")],
  ] as const) {
    // Its signature: what is before that says nothing that is secret, and is alike in all of them.
    house.ledger.plant(name, jwt.split(".")[2] ?? "");
    house.ledger.permit(name, "the owner", [jwt], /^sign-in: POST/);
  }
  await hook(house, owner);
  const tokens = await bySecret(house, owner);
  await byConsole(house, owner);
  const holder = new Holder(house);
  await holder.speak(tokens.made);
  await holder.speak(tokens.typed, ["some-model", "evil-echo", "evil-redirect"]);
  for (const [name, token] of [
    ["a made token", tokens.made],
    ["a typed token", tokens.typed],
  ] as const) {
    // A client that sends its token in the query and nowhere else is sent on with it, to a path of the gateway's.
    house.ledger.permit(
      name,
      "a holder",
      [`?page=2&key=${token}`, `&key=${token}\r\n`],
      /^evil-redirect: POST .*&key=/,
    );
  }
  for (const token of Object.values(tokens)) {
    await holder.misplace(token);
    await holder.upload(token);
    await holder.sockets(token);
    await holder.ask("me", { path: "/-/me", headers: { authorization: `Bearer ${token}` } });
  }
  await mistakes(house, owner, tokens);
  const id = tokens.made.slice(3, 13);
  await wholeConsole(owner, id);
  await owner.api("GET", "metrics", undefined, "metrics");
  // One that may be rotated and deleted: what is stored of the others is looked at afterwards.
  const spare = await owner.api("POST", "tokens", { label: "spare", ...NEW }, "make a spare token");
  await wholeApi(owner, { id: pick(spare, "token", "id"), provider: "openai" });
  await eventsArrive(house);
  for (const provider of PROVIDERS) {
    for (const recording of house.providers[provider].recordings) {
      house.ledger.note(provider, `${recording.method} ${recording.target}`, receivedText(recording));
    }
  }
  noteStorage(house.state, house.ledger);
  return tokens;
}
