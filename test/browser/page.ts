// What runs in the page: the SDKs' browser builds, as a web app would use them. Bundled by esbuild for the browser; the test
// calls `run` through Chromium.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai/web";
import OpenAI from "openai";

/** Where the page's clients are pointed. */
export interface PageWay {
  url: string;
  key: string;
}

/** What a page learned of an error. */
interface Caught {
  type: string;
  status: unknown;
  message: string;
  /** `x-doppelgate-error`, where the SDK hands headers on. */
  code: string | null;
}

const MODEL = "gpt-5.4-mini";
const CLAUDE = "claude-haiku-4-5";
const FLASH = "gemini-3.8-flash";
const messages = [{ role: "user" as const, content: "hello from a page" }];

const openai = ({ url, key }: PageWay): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, dangerouslyAllowBrowser: true });
const anthropic = ({ url, key }: PageWay): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0, dangerouslyAllowBrowser: true });
const gemini = ({ url, key }: PageWay): GoogleGenAI => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });

async function caught(work: Promise<unknown>): Promise<Caught> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const headers: unknown = Reflect.get(error, "headers");
    const code = headers instanceof Headers ? headers.get("x-doppelgate-error") : null;
    return {
      type: error.constructor.name.replace(/^_/, ""),
      status: Reflect.get(error, "status"),
      message: error.message,
      code,
    };
  }
  throw new Error("The call went through.");
}

async function joined(parts: AsyncIterable<string | null | undefined>): Promise<string[]> {
  const found: string[] = [];
  for await (const part of parts) if (part) found.push(part);
  return found;
}

async function* mapped<In, Out>(stream: AsyncIterable<In>, pick: (part: In) => Out): AsyncGenerator<Out> {
  for await (const part of stream) yield pick(part);
}

/** The calls of a page, by name. What they return goes to the test as JSON. */
const CALLS = {
  "openai plain": async (way: PageWay) => {
    const { data, response } = await openai(way).chat.completions.create({ model: MODEL, messages }).withResponse();
    const names = ["x-request-id", "openai-processing-ms", "openai-version", "set-cookie", "openai-organization"];
    return {
      text: data.choices[0]?.message.content,
      headers: Object.fromEntries(names.map((name) => [name, response.headers.get(name)])),
    };
  },
  "openai stream": async (way: PageWay) => {
    const stream = await openai(way).chat.completions.create({ model: MODEL, messages, stream: true });
    return joined(mapped(stream, (part) => part.choices[0]?.delta.content));
  },
  "openai error": (way: PageWay) => caught(openai(way).models.list()),
  "openai delete": (way: PageWay) => openai(way).files.delete("file-1"),
  "anthropic plain": async (way: PageWay) => {
    const request = anthropic(way).messages.create({ model: CLAUDE, max_tokens: 50, messages });
    const { data, response } = await request.withResponse();
    return { content: data.content, id: response.headers.get("request-id") };
  },
  "anthropic stream": (way: PageWay) => {
    const stream = anthropic(way).messages.stream({ model: CLAUDE, max_tokens: 50, messages });
    return joined(
      mapped(stream, (event) => (event.type === "content_block_delta" ? JSON.stringify(event.delta) : null)),
    );
  },
  "anthropic error": (way: PageWay) =>
    caught(
      anthropic(way)
        .models.list()
        .then((page) => page.data),
    ),
  "anthropic delete": (way: PageWay) => anthropic(way).files.delete("file_1"),
  "gemini plain": async (way: PageWay) =>
    (await gemini(way).models.generateContent({ model: FLASH, contents: "hello from a page" })).text,
  "gemini stream": async (way: PageWay) => {
    const stream = await gemini(way).models.generateContentStream({ model: FLASH, contents: "hello from a page" });
    return joined(mapped(stream, (part) => part.text));
  },
  "gemini error": (way: PageWay) => caught(gemini(way).models.generateContent({ model: FLASH, contents: "x" })),
  "gemini patch": (way: PageWay) => gemini(way).caches.update({ name: "cachedContents/c", config: { ttl: "60s" } }),
  "fetch head": async ({ url, key }: PageWay) => {
    const answer = await fetch(`${url}/v1/models`, { method: "HEAD", headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, type: answer.headers.get("content-type") };
  },
  "fetch with cookies": async ({ url, key }: PageWay) => {
    // A page that insists on cookies must fail: nothing here is allowed to work by them.
    const headers = { authorization: `Bearer ${key}` };
    return (await caught(fetch(`${url}/v1/models`, { credentials: "include", headers }))).type;
  },
};

/** The name of a call. */
export type PageCall = keyof typeof CALLS;

Object.assign(globalThis, { run: (name: PageCall, way: PageWay): Promise<unknown> => CALLS[name](way) });
