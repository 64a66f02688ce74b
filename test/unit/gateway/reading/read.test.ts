import { describe, it } from "vitest";
import { endpointOf } from "../../../../gateway/endpoints/find.ts";
import { readCall } from "../../../../gateway/reading/read.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import { ALL, CHAT, LIMITED, json, read, refusalOf, type Asked } from "../../support/reading.ts";

describe("a body", () => {
  it("goes on byte for byte as it came", async ({ expect }) => {
    const body = '{ "model" : "gpt-4o",\n\t"n":1e0, "messages":[{"role":"user","content":"\\u00e9 é 😀"}] }';
    const { call, text } = await read(body, { policy: LIMITED });
    expect(text).toBe(body);
    expect(call).toMatchObject({ model: "gpt-4o", stream: false, usageAdded: false, outputBound: null });
  });

  it("isn't read where the policy goes by nothing in it", async ({ expect }) => {
    const { call, text } = await read("{ no JSON at all", { policy: ALL });
    expect(text).toBeInstanceOf(ReadableStream);
    expect(call.model).toBeNull();
  });

  it("isn't read where the place takes none that could be judged", async ({ expect }) => {
    const { text } = await read("any bytes", { path: "/v1/files", policy: ALL });
    expect(text).toBeInstanceOf(ReadableStream);
  });

  for (const [name, body, headers, problem] of [
    ["that is no JSON", "{", {}, "The body is not valid JSON."],
    ["with a byte order mark", "\uFEFF{}", {}, "The body is not valid JSON."],
    ["that is a list", "[]", {}, "The body has to be a JSON object."],
    ["that is no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), {}, "The body is not UTF-8."],
    ["in an unknown coding", "{}", { "content-encoding": "zstd" }, "This body's content-encoding can't be read here."],
    [
      "in another coding than it says",
      "{}",
      { "content-encoding": "gzip" },
      "This body is not in the content-encoding",
    ],
    ["with a field twice", '{"model":"a","model":"b"}', {}, 'The field "model" stands twice'],
    ["with a field twice, once escaped", '{"model":"a","\\u006dodel":"b"}', {}, 'The field "model" stands twice'],
    ["with a field twice deep inside", '{"a":[{"b":{"c":1,"d":[{}],"c":2}}]}', {}, 'The field "c" stands twice'],
  ] as [string, BodyInit, Record<string, string>, string][]) {
    it(`${name} is refused`, async ({ expect }) => {
      const refusal = await refusalOf(read(body, { headers, policy: LIMITED }));
      expect(refusal).toEqual({ code: "unreadable_request", problem: expect.stringContaining(problem) });
    });
  }

  for (const [name, headers] of [
    ["in chunks", {}],
    ["of a known length", { "content-length": "20" }],
  ] as [string, Record<string, string>][]) {
    it(`${name} that breaks off is refused`, async ({ expect }) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"model":"gpt-4o"'));
          controller.error(new Error("Network connection lost."));
        },
      });
      expect(await refusalOf(read(body, { headers, policy: LIMITED }))).toEqual({
        code: "unreadable_request",
        problem: "The body ended too soon, or one of its chunks is malformed. Send it again, whole.",
      });
    });
  }

  it("that is too large is refused, whatever length it names", { timeout: 30_000 }, async ({ expect }) => {
    const large = new Uint8Array(32 * 1024 * 1024 + 1).fill(0x20);
    const refused = { code: "request_too_large", limitBytes: 32 * 1024 * 1024 };
    expect(await refusalOf(read(large))).toEqual(refused);
    const { readable, writable } = new CompressionStream("gzip");
    const writer = writable.getWriter();
    void writer.write(large).then(() => writer.close());
    const packed = await new Response(readable).arrayBuffer();
    expect(packed.byteLength).toBeLessThan(100_000);
    expect(await refusalOf(read(packed, { headers: { "content-encoding": "gzip" } }))).toEqual(refused);
  });

  it("in gzip is read, and goes on as it came", async ({ expect }) => {
    const packed = await new Response(
      new Response(json({ model: "gpt-4o" })).body?.pipeThrough(new CompressionStream("gzip")),
    ).bytes();
    const request = new Request("https://gateway.example/v1/chat/completions", {
      method: "POST",
      body: packed,
      headers: { "content-encoding": "gzip" },
    });
    const endpoint = endpointOf("openai", "POST", CHAT, false);
    const { call, body } = await readCall(request, { path: CHAT, query: "" }, endpoint, OPEN_POLICY);
    expect(call.model).toBe("gpt-4o");
    expect(body).toEqual(packed);
  });
});

describe("a body that says it is a form", () => {
  it("is read as JSON where no form is taken", async ({ expect }) => {
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const body = form({ model: "gpt-4o" });
    expect(await refusalOf(read(body))).toMatchObject({ code: "unreadable_request" });
    expect((await read(json({ model: "gpt-4o" }), { headers })).call.model).toBe("gpt-4o");
  });
});

describe("the usage of a chat's stream", () => {
  for (const [body, sent] of [
    ['{"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
    [' {\n"stream" : true }', ' {"stream_options":{"include_usage":true},\n"stream" : true }'],
    ['{"stream_options": null ,"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
    ['{"stream_options":{},"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
    [
      '{"stream":true,"stream_options": {"include_usage":false,"include_obfuscation":false}}',
      '{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}',
    ],
  ] as const) {
    it(`is asked for in the client's place: ${body}`, async ({ expect }) => {
      const { call, text } = await read(body, { policy: LIMITED });
      expect(text).toBe(sent);
      expect(call).toMatchObject({ stream: true, asksForUsage: false, usageAdded: true });
    });
  }

  for (const [why, body, asked] of [
    ["the client asks itself", { stream: true, stream_options: { include_usage: true } }, { policy: LIMITED }],
    ["it isn't streamed", { stream: false }, { policy: LIMITED }],
    ["no limit counts tokens", { stream: true }, {}],
    ["it is no chat", { stream: true }, { policy: LIMITED, path: "/v1/responses" }],
  ] as [string, object, Asked][]) {
    it(`isn't where ${why}`, async ({ expect }) => {
      const { call, text } = await read(json(body), asked);
      expect(text).toBe(json(body));
      expect(call.usageAdded).toBe(false);
    });
  }
});

const form = (fields: Record<string, string | Blob>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
};

describe("a form", () => {
  it("tells its model, its images and its words", async ({ expect }) => {
    const body = form({ model: "gpt-image-1", prompt: "a cat", n: "2", image: new Blob(["png"]) });
    const { call } = await read(body, { path: "/v1/images/edits", policy: LIMITED });
    expect(call).toMatchObject({ model: "gpt-image-1", answers: 2, input: { images: 1, unseen: false } });
  });

  for (const name of ["image[file_id]", "images[][file_id]", "images.0.file_id", "file_ids[]"]) {
    it(`reaches what is shared as JSON does: ${name}`, async ({ expect }) => {
      const body = form({ model: "gpt-image-1", [name]: "file-1" });
      expect(await refusalOf(read(body, { path: "/v1/images/edits" }))).toMatchObject({ code: "field_not_allowed" });
    });
  }

  it("with audio has an input of unknown size", async ({ expect }) => {
    const body = form({ model: "whisper-1", file: new Blob(["wav"]), stream: "true" });
    const { call } = await read(body, { path: "/v1/audio/transcriptions", policy: LIMITED });
    expect(call).toMatchObject({ model: "whisper-1", stream: true, input: { unseen: true } });
  });

  it("that names its model twice is refused", async ({ expect }) => {
    const body = form({ model: "a", file: new Blob(["wav"]) });
    body.append("model", "b");
    expect(await refusalOf(read(body, { path: "/v1/audio/transcriptions" }))).toEqual({
      code: "unreadable_request",
      problem: 'The field "model" stands twice.',
    });
  });

  it("that can't be read is refused", async ({ expect }) => {
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    expect(await refusalOf(read("no form", { path: "/v1/audio/transcriptions", headers }))).toEqual({
      code: "unreadable_request",
      problem: "The body is not a readable multipart form.",
    });
  });
});
