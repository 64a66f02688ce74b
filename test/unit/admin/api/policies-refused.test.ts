import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createPolicy, MAX_POLICIES } from "../../../../admin/registry/policies.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import { inRegistry, Owner, type PolicyBody, send } from "../../support/admin.ts";

let owner: Owner;
let policy: PolicyBody;
beforeEach(async () => {
  owner = await Owner.signedIn();
  policy = await owner.policy("students");
});
afterEach(() => reset());

const ACTOR = { session: null, address: "test", userAgent: "" };

describe("a policy that can't be accepted", () => {
  for (const [input, status, field, message] of [
    [{}, 400, "name", "This field is missing."],
    [{ name: " " }, 400, "name", "A name can't be empty."],
    [{ name: "x".repeat(81) }, 400, "name", "A name has at most 80 characters."],
    [{ name: "a\nb" }, 400, "name", "A name is one line of text without control characters."],
    [{ name: "Students" }, 409, "name", "Another policy has this name. Choose another one."],
    [{ name: "apps", providers: ["openai"] }, 400, "providers", "There is no such field; leave it out."],
    [
      { name: "apps", countries: ["XX"] },
      400,
      "countries.0",
      "Write a country as the two letters of ISO 3166, like DE or US; the United Kingdom is GB.",
    ],
  ] as const) {
    it(`is refused: ${JSON.stringify(input).slice(0, 40)}`, async ({ expect }) => {
      const answer = await owner.send("POST", "/api/policies", input);
      expect([answer.status, answer.body.errors]).toEqual([status, [{ field, message }]]);
    });
  }

  it("is refused in an edit", async ({ expect }) => {
    await owner.policy("apps");
    const path = `/api/policies/${policy.id}`;
    const patch = async (body: object) => (await owner.send("PATCH", path, body)).body.errors;
    expect(await patch({})).toEqual([{ field: "body", message: "Name at least one field to change." }]);
    expect(await patch({ name: "apps" })).toEqual([
      { field: "name", message: "Another policy has this name. Choose another one." },
    ]);
    expect(await patch({ limits: { concurrency: 0 } })).toEqual([
      { field: "limits.concurrency", message: "This has to be 1 or more." },
    ]);
    expect((await owner.send("PATCH", "/api/policies/nix", { name: "x" })).status).toBe(404);
    expect((await owner.send("GET", "/api/policies/nix")).status).toBe(404);
  });

  it("is refused where there are too many", async ({ expect }) => {
    await inRegistry((instance) => {
      for (let index = 1; index < MAX_POLICIES; index++) {
        const input = { name: `policy ${index}`, rules: OPEN_POLICY };
        expect(instance.engine.write((sql, now) => createPolicy(sql, input, ACTOR, now)).ok).toBe(true);
      }
    });
    const { status, body } = await owner.send("POST", "/api/policies", { name: "one more" });
    expect([status, body.detail]).toEqual([409, "There are 100 policies already. Delete one that nobody follows."]);
  });

  it("is refused where all together would be too long to be kept", async ({ expect }) => {
    const long = {
      networks: Array.from({ length: 200 }, (_, index) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${index}/128`),
    };
    const models = { openai: Array.from({ length: 200 }, (_, index) => `${"x".repeat(190)}${index}`) };
    let last = await owner.send("POST", "/api/policies", { name: "p0", ...long, models });
    for (let index = 1; last.status === 201 && index < 50; index++) {
      last = await owner.send("POST", "/api/policies", { name: `p${index}`, ...long, models });
    }
    expect([last.status, last.body.detail]).toEqual([
      409,
      "All policies together are too long. Shorten the lists in this one.",
    ]);
  });

  it("isn't told to anybody without a session", async ({ expect }) => {
    for (const [method, path] of [
      ["GET", "/api/policies"],
      ["POST", "/api/policies"],
      ["PUT", "/api/policies/default"],
      ["DELETE", `/api/policies/${policy.id}`],
    ] as const) {
      expect((await send(method, path, method === "GET" ? {} : { body: {} })).status).toBe(401);
    }
  });
});

describe("a token and a policy that contradict each other", () => {
  it("are refused: a policy and rules in one request", async ({ expect }) => {
    const both = { policy: policy.id, countries: ["DE"], endpoints: "all" };
    const message =
      "A token follows a policy or has rules of its own. Leave out policy, or leave out endpoints, countries.";
    const created = await owner.send("POST", "/api/tokens", { label: "alice", providers: ["openai"], ...both });
    expect([created.status, created.body.errors]).toEqual([400, [{ field: "policy", message }]]);
    const { token } = await owner.create("alice");
    const edited = await owner.send("PATCH", `/api/tokens/${token.id}`, both);
    expect([edited.status, edited.body.errors]).toEqual([400, [{ field: "policy", message }]]);
  });

  it("are refused: rules of a token that follows one", async ({ expect }) => {
    const { token } = await owner.create("alice", { policy: policy.id });
    const { status, body } = await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "bob", countries: ["DE"] });
    expect([status, body.type, body.errors]).toEqual([
      409,
      "urn:doppelgate:problem:follows",
      [
        {
          field: "countries",
          message:
            'This token follows the policy “students”. Edit that policy, or send "policy": null too: then the token keeps its rules as its own, and can have others.',
        },
      ],
    ]);
    expect(await owner.token(token.id)).toEqual(token);
  });

  it("are refused: a policy that isn't there", async ({ expect }) => {
    const field = { field: "policy", message: "There is no policy of that id. It may have been deleted." };
    const created = await owner.send("POST", "/api/tokens", { label: "alice", providers: ["openai"], policy: "nix" });
    expect([created.status, created.body.errors]).toEqual([400, [field]]);
    const { token } = await owner.create("alice");
    const edited = await owner.send("PATCH", `/api/tokens/${token.id}`, { policy: "nix" });
    expect([edited.status, edited.body.errors]).toEqual([400, [field]]);
  });
});
