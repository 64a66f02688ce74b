import { base64url } from "jose";

// An authenticator in software, by WebAuthn level 3: what a phone or a security key answers, and what a forger may.

const utf8 = new TextEncoder();
const UP = 1;
const UV = 4;
const ATTESTED = 64;

/** What a browser was asked: the parts that an authenticator goes by. */
export interface Options {
  challenge: string;
  rp?: { id: string };
  rpId?: string;
  user?: { id: string };
}

/** What to answer otherwise than an honest one does. */
export interface Lies {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  counter?: number;
  /** The flags of presence (1) and verification (4). */
  flags?: number;
  userHandle?: string;
  /** Another's key to sign with. */
  key?: CryptoKey;
  attestation?: "packed";
}

const concat = (...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parts.flatMap((part) => [...part]));
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** CBOR of what is needed here: small integers, bytes and texts up to 64 KiB, maps. */
function head(major: number, value: number): number[] {
  if (value < 24) return [(major << 5) | value];
  return value < 256 ? [(major << 5) | 24, value] : [(major << 5) | 25, value >> 8, value & 255];
}
const int = (value: number): number[] => (value < 0 ? head(1, -1 - value) : head(0, value));
const bytes = (value: Uint8Array): number[] => [...head(2, value.length), ...value];
const text = (value: string): number[] => [...head(3, value.length), ...utf8.encode(value)];
const map = (...entries: number[][][]): number[] => [...head(5, entries.length), ...entries.flat(2)];

/** r and s as ASN.1 has them, which is how authenticators sign. */
function der(raw: Uint8Array): Uint8Array {
  const part = (value: Uint8Array): number[] => {
    const start = value.findIndex((byte) => byte !== 0);
    const short = Array.from(value.slice(start));
    const all = (short[0] ?? 0) > 127 ? [0, ...short] : short;
    return [2, all.length, ...all];
  };
  const both = [...part(raw.slice(0, 32)), ...part(raw.slice(32))];
  return new Uint8Array([48, both.length, ...both]);
}

const ES256 = { name: "ECDSA", namedCurve: "P-256" } as const;

/** One authenticator with one passkey. */
export class Authenticator {
  readonly id: Uint8Array;
  /** Goes up by one with each use; 0 for one that doesn't count, as those of Apple and Google. */
  counter: number;
  userHandle = "";
  readonly #keys: CryptoKeyPair;

  constructor(keys: CryptoKeyPair, counter: number) {
    this.#keys = keys;
    this.counter = counter;
    this.id = crypto.getRandomValues(new Uint8Array(32));
  }

  static async make(counter = 0): Promise<Authenticator> {
    return new Authenticator(await Authenticator.keys(), counter);
  }

  static async keys(): Promise<CryptoKeyPair> {
    return (await crypto.subtle.generateKey(ES256, true, ["sign", "verify"])) as CryptoKeyPair;
  }

  get credentialId(): string {
    return base64url.encode(this.id);
  }

  async #publicKey(): Promise<number[]> {
    const jwk = (await crypto.subtle.exportKey("jwk", this.#keys.publicKey)) as JsonWebKey;
    const at = (value: string | undefined) => bytes(base64url.decode(value ?? ""));
    return map([int(1), int(2)], [int(3), int(-7)], [int(-1), int(1)], [int(-2), at(jwk.x)], [int(-3), at(jwk.y)]);
  }

  async #sign(data: Uint8Array<ArrayBuffer>, key = this.#keys.privateKey): Promise<Uint8Array> {
    const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, data);
    return der(new Uint8Array(raw));
  }

  #clientData(type: string, options: Options, origin: string, lies: Lies): Uint8Array<ArrayBuffer> {
    const data = {
      type: lies.type ?? type,
      challenge: lies.challenge ?? options.challenge,
      origin: lies.origin ?? origin,
      crossOrigin: false,
    };
    return concat(utf8.encode(JSON.stringify(data)));
  }

  async #head(rpId: string | undefined, flags: number, lies: Lies): Promise<Uint8Array<ArrayBuffer>> {
    const hash = await sha256(concat(utf8.encode(lies.rpId ?? rpId ?? "")));
    const count = lies.counter ?? this.counter;
    const all = (lies.flags ?? UP | UV) | flags;
    return concat(hash, [all], [count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255]);
  }

  /** What `navigator.credentials.create` gives, as JSON. */
  async create(options: Options, origin: string, lies: Lies = {}) {
    this.userHandle = options.user?.id ?? "";
    const clientData = this.#clientData("webauthn.create", options, origin, lies);
    const authData = concat(
      await this.#head(options.rp?.id, ATTESTED, lies),
      Array.from({ length: 16 }, () => 0),
      [this.id.length >> 8, this.id.length & 255],
      this.id,
      await this.#publicKey(),
    );
    const signed = await this.#sign(concat(authData, await sha256(clientData)), lies.key);
    const self = map([text("alg"), int(-7)], [text("sig"), bytes(signed)]);
    const [format, statement] = lies.attestation === "packed" ? ["packed", self] : ["none", map()];
    const attestation = map(
      [text("fmt"), text(format ?? "")],
      [text("attStmt"), statement],
      [text("authData"), bytes(authData)],
    );
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url.encode(clientData),
        attestationObject: base64url.encode(new Uint8Array(attestation)),
        transports: ["internal", "hybrid"],
      },
    };
  }

  /** What `navigator.credentials.get` gives, as JSON. */
  async get(options: Options, origin: string, lies: Lies = {}) {
    if (this.counter > 0) this.counter++;
    const clientData = this.#clientData("webauthn.get", options, origin, lies);
    const authData = await this.#head(options.rpId, 0, lies);
    const signature = await this.#sign(concat(authData, await sha256(clientData)), lies.key);
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url.encode(clientData),
        authenticatorData: base64url.encode(authData),
        signature: base64url.encode(signature),
        userHandle: lies.userHandle ?? this.userHandle,
      },
    };
  }
}
