import { describe, it } from "vitest";
import { messageId, newSigningSecret, signed } from "../../../../gateway/ledger/signing.ts";
import { signatureOf } from "../../support/hooks.ts";

const BODY = '{"type":"test","timestamp":"2030-01-02T12:00:00.000Z","data":{"label":"Zoë"}}';

const headersOf = async (secret: string, id: string, at: number): Promise<Headers> =>
  new Headers(await signed([secret], await messageId(id), BODY, at));

describe("the signature of a message", () => {
  it("is what a receiver works out by the specification", async ({ expect }) => {
    const secret = newSigningSecret();
    const headers = await headersOf(secret, "a", 1_893_456_000_999);
    expect(headers.get("webhook-timestamp")).toBe("1893456000");
    expect(headers.get("webhook-signature")).toBe(await signatureOf(secret, { headers, body: BODY }));
  });

  it("is one of each secret where there are two, so that a receiver with either takes it", async ({ expect }) => {
    const [newer, older] = [newSigningSecret(), newSigningSecret()];
    const headers = new Headers(await signed([newer, older], await messageId("a"), BODY, 1_000));
    expect(headers.get("webhook-signature")?.split(" ")).toEqual([
      await signatureOf(newer, { headers, body: BODY }),
      await signatureOf(older, { headers, body: BODY }),
    ]);
  });

  it("holds for these bytes, this id, this time and this secret alone", async ({ expect }) => {
    const secret = newSigningSecret();
    const headers = await headersOf(secret, "a", 1_000);
    const others = [
      await headersOf(secret, "b", 1_000),
      await headersOf(secret, "a", 2_000),
      await headersOf(newSigningSecret(), "a", 1_000),
      new Headers(await signed([secret], await messageId("a"), `${BODY} `, 1_000)),
    ];
    const signatures = [headers, ...others].map((one) => one.get("webhook-signature"));
    expect(new Set(signatures).size).toBe(5);
  });
});

describe("a signing secret", () => {
  it("is new each time, of 24 bytes, in the form that receivers know", ({ expect }) => {
    const secrets = Array.from({ length: 50 }, newSigningSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  });
});

describe("a message's id", () => {
  it("is the same for the same event, and has no full stop, whatever the event's own id has", async ({ expect }) => {
    const id = await messageId("aaaaaaaaaa:warning:usd:day:0.5:1893456000000:0.8");
    expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(await messageId("aaaaaaaaaa:warning:usd:day:0.5:1893456000000:0.8")).toBe(id);
    expect(await messageId("aaaaaaaaaa:warning:usd:day:0.5:1893456000000:0.9")).not.toBe(id);
  });
});
