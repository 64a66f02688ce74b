import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pair, startPair } from "../../../scripts/local/workers.ts";
import { PROVIDERS, type Provider } from "../../../shared/providers.ts";
import { type FakeProvider, type Recording, startFakeProvider } from "../../fake-provider/index.ts";
import { madness } from "./evil.ts";
import { Ledger } from "./ledger.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A secret of its own for each run: letters and digits, so that every way to write it is one of the searcher's. */
const made = (): string => randomBytes(20).toString("hex");
const base32 = (): string => [...randomBytes(40)].map((byte) => ALPHABET.charAt(byte % 32)).join("");

/** The secrets that the owner of this house has set. */
export interface Secrets {
  keys: Record<Provider, string>;
  /** OpenAI's second key, which OpenAI has stopped accepting. */
  secondKey: string;
  password: string;
  totp: string;
  metrics: string;
}

/** A whole Doppelgate with canaries for secrets, where everything that leaves is written down. */
export interface House extends Pair {
  secrets: Secrets;
  ledger: Ledger;
  providers: Record<Provider, FakeProvider>;
  /** The address of a webhook's receiver. */
  hookUrl: string;
  /** Folder of KV and of the Durable Objects' storage. */
  state: string;
}

function plantOwn(ledger: Ledger, { keys, secondKey, password, totp, metrics }: Secrets): void {
  const headers: Record<Provider, (key: string) => string[]> = {
    openai: (key) => [`authorization: Bearer ${key}\n`],
    // Anthropic's and Google's OpenAI dialects take it as Bearer.
    anthropic: (key) => [`x-api-key: ${key}\n`, `authorization: Bearer ${key}\n`],
    gemini: (key) => [`x-goog-api-key: ${key}\n`, `authorization: Bearer ${key}\n`],
  };
  for (const provider of PROVIDERS) {
    ledger.plant(`${provider}'s key`, keys[provider]);
    ledger.permit(`${provider}'s key`, provider, headers[provider](keys[provider]));
  }
  ledger.plant("openai's second key", secondKey);
  ledger.permit("openai's second key", "openai", headers.openai(secondKey));
  ledger.plant("the password", password);
  ledger.plant("the secret of codes", totp);
  ledger.plant("the metrics' token", metrics);
}

async function startReceiver(ledger: Ledger): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const head = `${request.method} ${request.url}\n${request.rawHeaders.join("\n")}`;
      ledger.note("a webhook", "an event", `${head}\n\n${Buffer.concat(parts).toString("latin1")}`);
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

/** A request as a provider got it, frames of its socket too. */
export function receivedText({ method, target, headers, body, socket }: Recording): string {
  const lines = headers.map(([name, value]) => `${name.toLowerCase()}: ${value}\n`).join("");
  const frames = (socket?.received ?? []).map(({ data, binary }) =>
    binary ? Buffer.from(data, "base64").toString("latin1") : data,
  );
  const closing = socket?.closing?.reason ?? "";
  return [`${method} ${target}\n${lines}`, body.kept.toString("latin1"), ...frames, closing].join("\n");
}

/** Starts the house. Whoever starts it disposes of it. */
export async function startHouse(): Promise<House> {
  const secrets: Secrets = {
    keys: { openai: `fake-${made()}`, anthropic: `fake-${made()}`, gemini: `fake-${made()}` },
    secondKey: `fake-${made()}`,
    password: `fake-${made()}`,
    totp: base32(),
    metrics: `fake-${made()}`,
  };
  const ledger = new Ledger();
  plantOwn(ledger, secrets);
  let refusals = 0;
  const fake = (provider: Provider) =>
    startFakeProvider({
      provider,
      keys: secrets.keys,
      onRequest: (call) => madness(call, secrets.secondKey, () => provider === "openai" && refusals++ === 0),
    });
  const [openai, anthropic, gemini] = await Promise.all([fake("openai"), fake("anthropic"), fake("gemini")]);
  const providers = { openai, anthropic, gemini };
  const receiver = await startReceiver(ledger);
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-attacks-"));
  const state = join(folder, "state");
  const end = async (): Promise<void> => {
    await Promise.all(Object.values(providers).map((provider) => provider.close()));
    receiver.server.closeAllConnections();
    receiver.server.close();
    await rm(folder, { recursive: true, force: true });
  };
  const upstreams = PROVIDERS.map((provider) => [`${provider.toUpperCase()}_UPSTREAM`, providers[provider].url]);
  try {
    const pair = await startPair({
      gateway: {
        port: 0,
        vars: {
          ...(Object.fromEntries(upstreams) as Record<string, string>),
          OPENAI_API_KEY: `${secrets.secondKey}\n${secrets.keys.openai}`,
          ANTHROPIC_API_KEY: secrets.keys.anthropic,
          GEMINI_API_KEY: secrets.keys.gemini,
        },
      },
      admin: {
        port: 0,
        vars: {
          ADMIN_SECRET: secrets.password,
          ADMIN_TOTP_SECRET: secrets.totp,
          METRICS_TOKEN: secrets.metrics,
        },
      },
      persist: state,
      registryPath: join(folder, "registry"),
      logLevel: "error",
      onLog: (worker, line) => ledger.note(`the ${worker}'s log`, line.slice(0, 80), line),
    });
    const dispose = async (): Promise<void> => {
      await pair.dispose();
      await end();
    };
    return { ...pair, secrets, ledger, providers, hookUrl: receiver.url, state, dispose };
  } catch (error) {
    await end();
    throw error;
  }
}
