import { validate } from "@hyperjump/json-schema/openapi-3-1";
import { describe, it } from "vitest";
import { makeApi } from "../../../../admin/api/api.ts";
import { send } from "../../support/admin.ts";

type Operation = {
  operationId?: string;
  parameters?: { name: string; in: string }[];
  responses: Record<string, object>;
  security?: object[];
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

const read = async (): Promise<Document> => (await send<Document>("GET", "/api/openapi.json")).body;

const sorted = (list: string[]) => [...new Set(list)].toSorted((a, b) => a.localeCompare(b));

describe("openapi.json", () => {
  it("is valid OpenAPI 3.1 by the official schema", async ({ expect }) => {
    const check = await validate("https://spec.openapis.org/oas/3.1/schema-base");
    const document = await read();
    expect(document.openapi).toBe("3.1.0");
    expect(check(document as never, "BASIC")).toEqual({ valid: true });
    // The check itself can fail.
    expect(check({ ...document, paths: { "/x": { get: { responses: 7 } } } } as never).valid).toBe(false);
  });

  it("refers to nothing that isn't in it, and declares each path's parameters", async ({ expect }) => {
    const document = await read();
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name = ""]) => name,
    );
    expect(refs.length).toBeGreaterThan(10);
    for (const name of refs) expect(Object.keys(document.components.schemas)).toContain(name);
    for (const [path, operations] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(operations)) {
        expect(parameters.filter((one) => one.in === "path").map(({ name }) => name)).toEqual(inPath);
      }
    }
  });

  it("lists every route that the API has, and no other", async ({ expect }) => {
    const document = await read();
    const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const there = makeApi()
      .routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(sorted([...listed, "GET /api/openapi.json"])).toEqual(sorted(there));
  });

  it("describes the input as it is checked", async ({ expect }) => {
    const { components, paths } = await read();
    expect(components.schemas["TokenInput"]).toMatchObject({
      type: "object",
      additionalProperties: false,
      required: ["label", "providers"],
      properties: {
        label: { type: "string", minLength: 1, maxLength: 80 },
        providers: { type: "array", minItems: 1, items: { enum: ["openai", "anthropic", "gemini"] } },
        secret: { type: ["string", "null"], minLength: 16, maxLength: 256 },
        expiresAt: { type: ["string", "null"], format: "date-time" },
        note: { type: ["string", "null"], maxLength: 500 },
        policy: { type: ["string", "null"] },
        endpoints: { enum: ["inference", "all"] },
        networks: { type: ["array", "null"], minItems: 1, maxItems: 200, items: { type: "string" } },
        limits: {
          type: ["object", "null"],
          additionalProperties: false,
          properties: { budgets: { maxItems: 20 }, concurrency: { type: ["integer", "null"], minimum: 1 } },
        },
      },
    });
    const names = paths["/api/tokens"]?.["get"]?.parameters?.map(({ name }) => name);
    const spans = ["createdFrom", "createdTo", "expiresFrom", "expiresTo"];
    expect(names).toEqual(["query", "status", "provider", "policy", ...spans, "sort", "cursor", "limit"]);
    expect(paths["/api/session"]?.["post"]?.security).toEqual([]);
  });
});
