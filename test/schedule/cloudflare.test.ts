import { afterEach, beforeEach, describe, test } from "vitest";
import { type Api, apiBase, connect } from "../../scripts/schedule/cloudflare.ts";
import { ApiFailure, isFinal, mayPass } from "../../scripts/schedule/failure.ts";
import { FakeCloudflare } from "./fake-cloudflare.ts";

const LOGIN = {
  headers: { authorization: "Bearer some-login" },
  secrets: ["some-login"],
  origin: "environment" as const,
};

let fake: FakeCloudflare;
let api: Api;

beforeEach(async () => {
  fake = new FakeCloudflare();
  fake.workers.set("account-one/my-admin", { enabled: true, previews_enabled: true });
  await fake.start();
  api = connect(LOGIN, fake.base);
});

afterEach(() => fake.stop());

async function failure(call: Promise<unknown>): Promise<ApiFailure> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ApiFailure) return thrown;
  throw new Error(`no ApiFailure but ${String(thrown)}`);
}

test("reads and writes with the login, and nothing but the two flags", async ({ expect }) => {
  expect(await api.read("account-one", "my-admin")).toEqual({ enabled: true, previews: true });
  await api.write("account-one", "my-admin", { enabled: false, previews: false });
  const path = "/client/v4/accounts/account-one/workers/scripts/my-admin/subdomain";
  expect(fake.calls.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
    { method: "GET", path, body: undefined },
    { method: "POST", path, body: { enabled: false, previews_enabled: false } },
  ]);
  expect(fake.calls.map(({ headers }) => headers["authorization"])).toEqual(["Bearer some-login", "Bearer some-login"]);
});

describe("failures", () => {
  const refused = "Cloudflare refuses this login: it may have expired, or lack the permission Workers Scripts: Edit";
  test.for([
    ["unauthorized", "login", `${refused} (HTTP 401: Authentication error [code 10000])`],
    ["forbidden", "login", `${refused} (HTTP 403: Unauthorized to access requested resource [code 9109])`],
    ["server", "server", "HTTP 500: An unknown error has occurred. [code 10013]"],
    ["echo", "refused", 'HTTP 400: Invalid header "Bearer [hidden]" [code 6003]'],
    ["portal", "server", "HTTP 200"],
    ["stuck", "server", "Cloudflare answered, but did not switch"],
    ["reset", "network", /^127\.0\.0\.1:\d+ can't be reached \(/],
    ["slow", "network", /^127\.0\.0\.1:\d+ gave no answer within 0\.3 s$/],
  ] as const)("%s", async ([fault, kind, message], { expect }) => {
    fake.fail(fault);
    const patience = fault === "slow" ? 300 : undefined;
    const thrown = await failure(
      connect(LOGIN, fake.base, patience).write("account-one", "my-admin", { enabled: false, previews: false }),
    );
    expect(thrown.kind).toBe(kind);
    expect(thrown.message).toMatch(message);
    expect(mayPass(thrown)).toBe(kind === "server" || kind === "network");
    expect(isFinal(thrown)).toBe(kind === "login");
  });

  test("a Worker that is not deployed", async ({ expect }) => {
    const thrown = await failure(api.read("account-one", "other"));
    const told = "HTTP 404: This Worker does not exist on your account. [code 10007]";
    expect(thrown.message).toBe(`there is no Worker "other" on this account: deploy it first (${told})`);
    expect(thrown.kind).toBe("missing");
  });

  test("a name can't lead to another address", async ({ expect }) => {
    await failure(api.read("../../user", "a/b?c"));
    expect(fake.calls[0]?.path).toBe("/client/v4/accounts/..%2F..%2Fuser/workers/scripts/a%2Fb%3Fc/subdomain");
  });

  test("nothing listens", async ({ expect }) => {
    await fake.stop();
    const thrown = await failure(api.accounts());
    expect(thrown.message).toMatch(/can't be reached \(ECONNREFUSED\)$/);
    await fake.start();
  });
});

test("the API's address", ({ expect }) => {
  expect(apiBase({})).toBe("https://api.cloudflare.com/client/v4");
  expect(apiBase({ CLOUDFLARE_API_BASE_URL: "http://127.0.0.1:1/v4/" })).toBe("http://127.0.0.1:1/v4");
  expect(() => apiBase({ CLOUDFLARE_API_BASE_URL: "file:///etc" })).toThrow("is not an http(s) address");
});
