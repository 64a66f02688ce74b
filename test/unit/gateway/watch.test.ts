import { reset } from "cloudflare:test";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { guardName } from "../../../gateway/guard/guard.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { ask, control, gatewayEnv, issue, type TestToken } from "../support/gateway.ts";

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const settled: { ended: string; token: string }[] = [];

/** A provider that goes on talking: an event every 100 ms, for six seconds. */
function talkingProvider(contentType: string): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let count = 0; count < 60; count++) {
        controller.enqueue(encoder.encode(`data: {"count":${count}}\n\n`));
        await sleep(100);
      }
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": contentType } });
}

beforeAll(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { headers, url } = new Request(input, init);
    return talkingProvider(url.includes("download") ? "application/octet-stream" : (headers.get("accept") ?? ""));
  });
  vi.spyOn(console, "info").mockImplementation((line: string) => {
    const facts = JSON.parse(line) as { event: string; ended: string; token: string };
    if (facts.event === "request") settled.push(facts);
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const change = (token: TestToken, what: Partial<TokenRecord>) =>
  control.apply({ ...token.record, ...what, version: token.record.version + 1 });

interface Heard {
  text: string;
  /** ms from the act to the end of the stream. */
  after: number;
  failed: boolean;
}

/** Opens a stream, does something to its token after a while, and listens to the end. */
async function listen(path: string, headers: Record<string, string>, act: () => Promise<unknown>): Promise<Heard> {
  const response = await ask(path, { headers: { accept: "text/event-stream", ...headers } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let failed = false;
  const reading = (async () => {
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return;
      text += next.value;
    }
  })().catch(() => {
    failed = true;
  });
  await sleep(3_200);
  const actedAt = Date.now();
  await act();
  await reading;
  return { text, after: Date.now() - actedAt, failed };
}

describe.concurrent("an open stream", () => {
  for (const [name, what, code] of [
    ["disabled", { state: "disabled" }, "invalid_api_key"],
    ["deleted", { state: "deleted" }, "invalid_api_key"],
    ["rotated away", { secrets: [] }, "invalid_api_key"],
    ["expired by an edit", { expiresAt: 1 }, "invalid_api_key"],
    ["no longer for its provider", { providers: ["gemini"] }, "provider_not_allowed"],
  ] as const) {
    for (const typed of [undefined, `typed-watch-${name.replaceAll(" ", "-")}`]) {
      it(`ends within 5 s of its ${typed === undefined ? "" : "typed "}token being ${name}`, async ({ expect }) => {
        const token = await issue({}, typed);
        const secrets = "secrets" in what ? [] : token.record.secrets;
        const headers = { authorization: `Bearer ${token.secret}` };
        const heard = await listen("/v1/chat/completions", headers, () =>
          change(token, { ...(what as Partial<TokenRecord>), secrets }),
        );
        expect(heard.after).toBeLessThan(5_000);
        expect(heard.failed).toBe(false);
        const last = heard.text.trimEnd().split("\n").at(-1) ?? "";
        expect(JSON.parse(last.replace("data: ", ""))).toMatchObject({ error: { code } });
        expect(heard.text).toContain('data: {"count":25}');
        await expect.poll(() => settled.filter(({ token: id }) => id === token.record.id)).toHaveLength(1);
        expect(settled.find(({ token: id }) => id === token.record.id)?.ended).toBe("cut");
      });
    }
  }

  it("ends when the token's time is over, though nobody acts", async ({ expect }) => {
    const token = await issue({ expiresAt: Date.now() + 4_000 });
    const headers = { "x-api-key": token.secret, "anthropic-version": "2023-06-01" };
    const heard = await listen("/v1/messages", headers, async () => undefined);
    expect(heard.after).toBeLessThan(5_000);
    expect(heard.text).toMatch(/\n\nevent: error\ndata: \{"type":"error","error":\{"type":"authentication_error"/);
    expect(heard.text).toContain("This token expired on");
  });

  it("ends when a rotation's grace is over", async ({ expect }) => {
    const token = await issue();
    const headers = { "x-goog-api-key": token.secret };
    const secrets = token.record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() + 4_500 }));
    const heard = await listen("/v1beta/models/m:streamGenerateContent?alt=sse", headers, () =>
      change(token, { secrets }),
    );
    expect(heard.after).toBeLessThan(5_000);
    expect(heard.text).toMatch(/\n\ndata: \{"error":\{"code":401,.*\r\n\r\n$/s);
  });

  it("that is no event stream breaks off, so that nobody takes it for whole", async ({ expect }) => {
    const token = await issue();
    const headers = { authorization: `Bearer ${token.secret}` };
    const heard = await listen("/v1/files/download", headers, () => change(token, { state: "disabled" }));
    expect(heard.after).toBeLessThan(5_000);
    expect(heard.failed).toBe(true);
    expect(heard.text).not.toContain("error");
  });

  it("goes on through an edit that leaves it allowed, and ends its watch with itself", async ({ expect }) => {
    const token = await issue();
    const headers = { authorization: `Bearer ${token.secret}` };
    const heard = await listen("/v1/chat/completions", headers, () => change(token, { label: "renamed" }));
    expect(heard.text).toContain('data: {"count":59}');
    await expect.poll(() => settled.find(({ token: id }) => id === token.record.id)?.ended).toBe("finished");
    const { runInDurableObject } = await import("cloudflare:test");
    const lines = () =>
      runInDurableObject(
        gatewayEnv.GUARD.getByName(guardName(token.record.id)),
        (_, state) => state.getWebSockets().length,
      );
    await expect.poll(lines).toBe(0);
  }, 30_000);
});
