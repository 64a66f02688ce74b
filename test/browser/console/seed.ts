import type { AdminClient, Harness } from "../../harness.ts";

/** What the console has to show: tokens in every state, and one with usage of every kind. */
export interface Seed {
  /** A token with limits and usage. */
  used: { id: string; label: string; secret: string };
  disabled: string;
  deleted: string;
  policy: string;
  webhook: string;
}

const LIMITS = {
  requestsPerMinute: 60,
  concurrency: 4,
  budgets: [
    { usd: 5, per: "month", warnAt: 0.8 },
    { tokens: 100_000, per: "day" },
  ],
};

async function created(admin: AdminClient, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await admin.send("POST", path, body);
  if (response.status !== 201) throw new Error(`${response.status} to POST ${path}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

const idOf = (thing: unknown): string => String(Reflect.get(Object(thing), "id"));

async function token(admin: AdminClient, label: string, rest: object = {}): Promise<{ id: string; secret: string }> {
  const answer = await created(admin, "tokens", { label, providers: ["openai", "anthropic", "gemini"], ...rest });
  return { id: idOf(answer["token"]), secret: String(answer["secret"]) };
}

/** Makes one real call through the gateway; how it ends is the caller's to look at. */
export async function callGateway(gatewayUrl: string, secret: string, model = "gpt-5.4-mini"): Promise<Response> {
  // Bounded, so that what is held back from a budget is small.
  const body = JSON.stringify({
    model,
    max_completion_tokens: 200,
    messages: [{ role: "user", content: "Say hello to the class" }],
  });
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: "POST", headers, body });
  // Settled when the answer is over.
  await response.clone().text();
  return response;
}

/** Fills the console, through the JSON API and by calls through the gateway. */
export async function plant({ admin, gatewayUrl }: Harness): Promise<Seed> {
  const limits = { ...LIMITS, requestsPerMinute: 20 };
  const policy = idOf((await created(admin, "policies", { name: "Classes", limits }))["policy"]);
  const used = await token(admin, "Class 10b", {
    limits: LIMITS,
    allowUnpriced: true,
    note: "Until the summer.\nThen ask again.",
  });
  const disabled = await token(admin, "Home assistant");
  const deleted = await token(admin, "Last year's workshop");
  await token(admin, "Class 9a", { policy });
  await token(admin, "A label as long as one may be, which is eighty characters, so that it needs room");
  await admin.edit(disabled.id, { status: "disabled" });
  await admin.remove(deleted.id);
  const hook = await created(admin, "webhooks", {
    url: "https://hooks.example/doppelgate",
    events: ["budget.warning"],
  });
  for (const model of ["gpt-5.4-mini", "gpt-5.4", "fake-status-429", "a-model-without-a-price"]) {
    await callGateway(gatewayUrl, used.secret, model);
  }
  // Refused by its policy.
  await fetch(`${gatewayUrl}/v1/files`, { headers: { authorization: `Bearer ${used.secret}` } });
  return {
    used: { ...used, label: "Class 10b" },
    disabled: disabled.id,
    deleted: deleted.id,
    policy,
    webhook: idOf(hook["webhook"]),
  };
}
