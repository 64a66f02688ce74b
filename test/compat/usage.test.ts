import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe } from "vitest";
import type { Harness } from "../harness.ts";
import { OPENAI } from "./support/clients.ts";
import { MESSAGES } from "./support/inputs.ts";
import { test } from "./support/test.ts";

// What the owner reads of the usage, from the client's request to the admin's answer, with everything real between.

/** Guards report to the ledger within 10 s. */
const REPORTED = { timeout: 15_000, interval: 250 };
const COUNTED = "fake-usage-100-20-60-5";

interface Entry {
  model: string;
  status: number;
  code: string | null;
  counts: Record<string, number> | null;
  usd: number | null;
}
interface Usage {
  rows: { key: string; label: string | null; requests: number; usd: number; unpriced: number }[];
  total: { requests: number; usd: number; unpriced: number; errors: Record<string, number>; counts: { input: number } };
}

// The cast: the API's own tests look at the shapes.
const read = async <T>({ admin }: Harness, path: string): Promise<T> => (await admin.read(path)) as T;

const requestsOf = async (harness: Harness, id: string): Promise<Entry[]> =>
  (await read<{ requests: Entry[] }>(harness, `tokens/${id}/requests`)).requests;

describe("usage", () => {
  test(
    "what a client used is told by request, by token, in all, in exports and to Prometheus",
    { timeout: 60_000 },
    async ({ harness, expect }) => {
      const { id, secret } = await harness.admin.issue({ providers: ["openai"] });
      const client = OPENAI.make({ url: harness.gatewayUrl, key: secret });
      await client.chat.completions.create({ model: COUNTED, messages: MESSAGES });
      await client.chat.completions.create({ model: "gpt-5.5", messages: MESSAGES });
      const refused = await fetch(`${harness.gatewayUrl}/v1/messages`, {
        method: "POST",
        headers: { "x-api-key": secret, "content-type": "application/json" },
        body: JSON.stringify({ model: "claude-haiku-4-5", max_tokens: 5, messages: [] }),
      });
      expect(refused.status).toBe(403);
      await refused.text();

      // The guard's own numbers: at once, but for the moment in which settlements are gathered.
      await expect.poll(() => requestsOf(harness, id), REPORTED).toHaveLength(3);
      const entries = await requestsOf(harness, id);
      const counted = entries.find(({ model }) => model === COUNTED);
      expect(counted).toMatchObject({ status: 200, code: null, usd: null });
      expect(counted?.counts).toMatchObject({ input: 100, output: 20, cacheRead: 60, reasoning: 5 });
      const priced = entries.find(({ model }) => model === "gpt-5.5");
      expect(priced?.usd).toBeGreaterThan(0);
      expect(entries.find(({ status }) => status === 403)?.code).toBe("provider_not_allowed");
      const own = await read<Usage>(harness, `usage?token=${id}&group=model`);
      expect(own.total).toMatchObject({ requests: 3, unpriced: 1, usd: priced?.usd });
      expect(own.total.errors["policy"]).toBe(1);

      // The ledger's: when the guard has reported.
      const mine = async () => (await read<Usage>(harness, "usage?group=token")).rows.find(({ key }) => key === id);
      await expect.poll(mine, REPORTED).toMatchObject({ requests: 3, unpriced: 1, usd: priced?.usd });
      expect((await mine())?.label).toMatch(/^compat /);
      const { tokens } = await read<{ tokens: { id: string; lastUsedAt: string | null }[] }>(harness, "tokens");
      expect(tokens.find((token) => token.id === id)?.lastUsedAt).toMatch(/^\d{4}-/);
      const metrics = await (await harness.admin.send("GET", "metrics")).text();
      expect(metrics).toMatch(
        new RegExp(`^doppelgate_token_requests_total\\{token_id="${id}",label="compat [^"]+"\\} 3$`, "m"),
      );
      for (const path of [`usage/export?format=csv&token=${id}`, "usage/export?format=csv"]) {
        const csv = await (await harness.admin.send("GET", path)).text();
        expect(csv.split("\r\n").filter((line) => line.includes(`,${id},`) && line.includes(COUNTED))).toHaveLength(1);
      }
      const lines = await (await harness.admin.send("GET", `tokens/${id}/requests/export?format=ndjson`)).text();
      expect(
        lines
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as Entry).status)
          .toSorted((a, b) => a - b),
      ).toEqual([200, 200, 403]);
    },
  );
});

describe("webhooks", () => {
  test(
    "are added, tried, told of a token's first use, and removed",
    { timeout: 60_000 },
    async ({ harness, expect }) => {
      const got: string[] = [];
      const bodies: unknown[] = [];
      const server = createServer((request, response) => {
        got.push(`${request.method} ${request.url} ${String(request.headers["webhook-signature"]).slice(0, 3)}`);
        void json(request).then((body) => {
          bodies.push(body);
          return response.writeHead(204).end();
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
        const added = await harness.admin.send("POST", "webhooks", { url, events: ["token.first_used"] });
        expect(added.status).toBe(201);
        const { secret, webhook } = (await added.json()) as { secret: string; webhook: { id: string } };
        expect(secret).toMatch(/^whsec_/);
        const tried = await harness.admin.send("POST", `webhooks/${webhook.id}/test`);
        expect(await tried.json()).toEqual({ delivered: true, status: 204, problem: null });
        expect(got).toEqual(["POST /hook v1,"]);
        const { webhooks } = await read<{ webhooks: { id: string; lastTry: unknown }[] }>(harness, "webhooks");
        expect(webhooks.find(({ id }) => id === webhook.id)?.lastTry).toMatchObject({ status: 204 });
        const { id, secret: token } = await harness.admin.issue({ providers: ["openai"] });
        const client = OPENAI.make({ url: harness.gatewayUrl, key: token });
        await client.chat.completions.create({ model: COUNTED, messages: MESSAGES });
        // Guard, ledger and alarms of their own accord.
        const data = { token: { id, label: expect.stringMatching(/^compat /) as string } };
        await expect
          .poll(() => bodies, REPORTED)
          .toContainEqual(expect.objectContaining({ type: "token.first_used", data }));
        expect((await harness.admin.send("DELETE", `webhooks/${webhook.id}`)).status).toBe(200);
        expect((await harness.admin.send("DELETE", `webhooks/${webhook.id}`)).status).toBe(404);
      } finally {
        server.close();
      }
    },
  );
});
