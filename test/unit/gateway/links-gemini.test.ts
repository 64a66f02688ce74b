import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { ask, fakeUpstream, issue, KEYS } from "../support/gateway.ts";

let secret = "";

beforeEach(async () => {
  secret = (await issue()).secret;
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const GATEWAY = "https://gateway.example";
const GOOGLE = "https://generativelanguage.googleapis.com";
const OPERATION = "/v1beta/models/veo-3.1/operations/o1";

const askGemini = (path: string, init: RequestInit = {}): Promise<Response> =>
  ask(path, { ...init, headers: { "x-goog-api-key": secret } });

function answer(body: BodyInit, headers: Record<string, string> = {}, init: ResponseInit = {}): void {
  fakeUpstream(() => new Response(body, { ...init, headers: { "content-type": "application/json", ...headers } }));
}

const operation = (uri: string, file = `${GOOGLE}/v1beta/files/f`): string =>
  JSON.stringify({
    name: "models/veo-3.1/operations/o1",
    done: true,
    metadata: { uri: file },
    response: {
      generateVideoResponse: { generatedSamples: [{ video: { uri } }, { video: { uri: "gs://b/v", x: uri } }] },
      file: { uri: file, downloadUri: file },
    },
  });

const start = (): Promise<Response> => askGemini("/upload/v1beta/files", { method: "POST", body: "{}" });
const headersOf = (url: string): Record<string, string> => ({
  "x-goog-upload-url": url,
  "x-goog-upload-control-url": url,
  "x-goog-upload-status": "active",
});

describe("video.uri", () => {
  const video = "/v1beta/files/v1:download?alt=media";

  for (const path of [
    OPERATION,
    "/v1beta/operations/o1",
    "/v1/models/veo/operations/o1?key=x",
    "/v1alpha/a/b/operations/o",
    "/v1beta/models/veo-3.1:predictLongRunning",
  ]) {
    it(`leads to the gateway in ${path}; file.uri and downloadUri stay`, async ({ expect }) => {
      answer(operation(`${GOOGLE}${video}`));
      const expected = operation(`${GOOGLE}${video}`).replace(`"${GOOGLE}${video}"`, `"${GATEWAY}${video}"`);
      expect(await (await askGemini(path)).text()).toBe(expected);
    });
  }

  it("is https even where the gateway is asked by http: @google/genai reads no other", async ({ expect }) => {
    answer(operation(`${GOOGLE}${video}`));
    const { handle } = await import("../../../gateway/pipeline.ts");
    const { gatewayEnv } = await import("../support/gateway.ts");
    const { targetOf } = await import("../../../gateway/target.ts");
    const url = `http://localhost:8787${OPERATION}`;
    const request = new Request(url, { headers: { "x-goog-api-key": secret } });
    const response = await handle(request, targetOf(url), gatewayEnv, () => undefined);
    expect(await response.text()).toContain(`"uri":"https://localhost:8787${video}"`);
  });

  it("stays where it leads elsewhere, and in answers that are no operations", async ({ expect }) => {
    for (const [path, uri] of [
      [OPERATION, `${GOOGLE}.evil.example${video}`],
      ["/v1beta/files/f", `${GOOGLE}${video}`],
      ["/v1beta/models/m:generateContent", `${GOOGLE}${video}`],
      ["/v1beta/operations", `${GOOGLE}${video}`],
    ] as const) {
      answer(operation(uri));
      expect(await (await askGemini(path)).text()).toBe(operation(uri));
      vi.restoreAllMocks();
    }
  });
});

describe("the address of an upload", () => {
  it("leads to the gateway, with a capability and without the key that Google repeats", async ({ expect }) => {
    answer("", headersOf(`${GOOGLE}/upload/v1beta/files?key=${KEYS.gemini}&upload_id=u-1&upload_protocol=resumable`));
    const { headers } = await start();
    for (const name of ["x-goog-upload-url", "x-goog-upload-control-url"]) {
      expect(headers.get(name)).toMatch(
        /^https:\/\/gateway\.example\/upload\/v1beta\/files\?upload_id=u-1&upload_protocol=resumable&gw=[0-9A-Za-z]{10}\.[0-9a-z]{6,9}\.[\w-]{16}\.[\w-]{43}$/,
      );
    }
    expect(headers.get("x-goog-upload-status")).toBe("active");
    expect(JSON.stringify([...headers])).not.toContain(KEYS.gemini);
    expect(JSON.stringify([...headers])).not.toContain(secret);
  });

  for (const [name, url] of [
    ["leads to another host", "https://storage.example/upload/v1beta/files?upload_id=u"],
    ["leads to a look-alike", `${GOOGLE}.evil.example/upload/v1beta/files?upload_id=u`],
    ["leads to another path", `${GOOGLE}/v1beta/files?upload_id=u`],
    ["names no upload", `${GOOGLE}/upload/v1beta/files?upload_protocol=resumable`],
    ["names an empty one", `${GOOGLE}/upload/v1beta/files?upload_id=`],
    ["names two uploads", `${GOOGLE}/upload/v1beta/files?upload_id=u&upload%5Fid=v`],
    ["is none", "/upload/v1beta/files?upload_id=u"],
  ] as const) {
    it(`that ${name} is kept from the holder`, async ({ expect }) => {
      answer("", headersOf(url));
      const response = await start();
      expect(response.status).toBe(200);
      expect(response.headers.has("x-goog-upload-url")).toBe(false);
      expect(response.headers.has("x-goog-upload-control-url")).toBe(false);
    });
  }

  it("is signed in an error as well", async ({ expect }) => {
    answer("{}", headersOf(`${GOOGLE}/upload/v1beta/files?upload_id=u`), { status: 503 });
    expect((await start()).headers.get("x-goog-upload-url")).toContain(
      `${GATEWAY}/upload/v1beta/files?upload_id=u&gw=`,
    );
  });
});
