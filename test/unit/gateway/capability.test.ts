import { describe, it } from "vitest";
import {
  capabilitiesOf,
  lastMoment,
  markOf,
  namesOneUpload,
  parseCapability,
  signerOf,
  signUpload,
  withoutCapability,
} from "../../../gateway/capability.ts";

const KEY = "a-provider-key-for-tests";
const OPENER = { tokenId: "0123456789", hash: "ab".repeat(32), expiresAt: 1_800_000_000_000 };
const TARGET = { path: "/upload/v1beta/files", query: "?upload_id=A-b_c&upload_protocol=resumable" };

const signed = async (key = KEY, target = TARGET, opener = OPENER) => ({
  path: target.path,
  query: await signUpload(key, target, opener),
});

function shown(query: string) {
  const capability = parseCapability(capabilitiesOf(query)[0] ?? "");
  if (capability === null) throw new Error("no capability");
  return capability;
}

describe("a capability", () => {
  it("says whose it is and when it ends, and is good for its address", async ({ expect }) => {
    const target = await signed();
    expect(target.query.startsWith(`${TARGET.query}&gw=0123456789.`)).toBe(true);
    expect(shown(target.query)).toMatchObject({ tokenId: OPENER.tokenId, expiresAt: OPENER.expiresAt });
    expect(await signerOf([KEY], target, shown(target.query))).toBe(KEY);
    expect(withoutCapability(target.query)).toBe(TARGET.query);
  });

  for (const [name, change] of [
    ["escaped anew", (query: string) => query.replace("A-b", "%41%2Db")],
    ["with a credential beside it", (query: string) => `${query}&key=some-token-of-the-holder`],
    ["in another order of its own parameter", (query: string) => query.replace(/^\?(.*)&(gw=.*)$/, "?$2&$1")],
  ] as const) {
    it(`is good for its address ${name}`, async ({ expect }) => {
      const target = await signed();
      const query = change(target.query);
      expect(query).not.toBe(target.query);
      expect(await signerOf([KEY], { ...target, query }, shown(query))).toBe(KEY);
    });
  }

  for (const [name, change] of [
    ["another upload", (query: string) => query.replace("A-b_c", "A-b_d")],
    ["a second upload", (query: string) => `${query}&upload_id=other`],
    ["a second upload, before the first", (query: string) => query.replace("?", "?upload_id=other&")],
    ["another parameter", (query: string) => `${query}&uploadType=media`],
    ["a changed parameter", (query: string) => query.replace("resumable", "multipart")],
    ["no upload", (query: string) => query.replace(/upload_id=[^&]*&/, "")],
    ["another token", (query: string) => query.replace("0123456789.", "0123456780.")],
    ["a later end", (query: string) => query.replace(/(gw=\w+\.)\w/, "$1z")],
    ["another mark", (query: string) => query.replace(/(gw=\w+\.\w+\.)[\w-]{2}/, "$1__")],
    ["another signature", (query: string) => query.replace(/[\w-]{4}$/, "AAAA")],
  ] as const) {
    it(`isn't good for ${name}`, async ({ expect }) => {
      const target = await signed();
      const query = change(target.query);
      expect(query).not.toBe(target.query);
      expect(await signerOf([KEY], { ...target, query }, shown(query))).toBeNull();
    });
  }

  it("isn't good for another path, nor under another provider key", async ({ expect }) => {
    const target = await signed();
    expect(await signerOf([KEY], { ...target, path: "/upload/v1beta/files2" }, shown(target.query))).toBeNull();
    expect(await signerOf([`${KEY}2`], target, shown(target.query))).toBeNull();
  });

  it("can't be made into another one by moving text from one part to the next", async ({ expect }) => {
    const [one, other] = [
      { path: "/upload/a", query: "?upload_id=b%22,%22c" },
      { path: "/upload/a", query: "?upload_id=b&c" },
    ];
    const target = await signed(KEY, one);
    expect(await signerOf([KEY], { ...other, query: `${other.query}&x` }, shown(target.query))).toBeNull();
    expect(await signerOf([KEY], { path: "/upload/a", query: '?upload_id=b","c' }, shown(target.query))).toBe(KEY);
  });

  it("ends with a whole second, the earlier one", async ({ expect }) => {
    const target = await signed(KEY, TARGET, { ...OPENER, expiresAt: OPENER.expiresAt + 999 });
    expect(shown(target.query).expiresAt).toBe(OPENER.expiresAt);
    expect(await signerOf([KEY], target, shown(target.query))).toBe(KEY);
  });

  it("is known by its form", async ({ expect }) => {
    const [good = ""] = capabilitiesOf((await signed()).query);
    expect(parseCapability(good)).not.toBeNull();
    for (const bad of [
      "",
      "x",
      good.slice(0, -1),
      `${good}A`,
      good.replace(".", ""),
      good.replace("0123456789", "012345678"),
      good.replace("0123456789", "012345678/"),
      ` ${good}`,
      `${good}\n`,
      good.replace(/\.\w/, ".Z"),
    ]) {
      expect(parseCapability(bad), bad).toBeNull();
    }
  });

  it("is found among the parameters, and only under its own name", ({ expect }) => {
    expect(capabilitiesOf("?a=1&gw=x&g%77=y&gwx=z&xgw=z")).toEqual(["x", "y"]);
    expect(withoutCapability("?a=1&gw=x&g%77=y&b=%zz&&gwx=z")).toBe("?a=1&b=%zz&&gwx=z");
    expect(withoutCapability("?gw=x")).toBe("");
    expect(withoutCapability("")).toBe("");
  });

  it("ends a day after the upload began", ({ expect }) => {
    expect(lastMoment(1_800_000_000_999)).toBe(1_800_086_400_999);
  });
});

describe("a mark", () => {
  it("differs by secret and by provider key, and shows neither", async ({ expect }) => {
    const marks = await Promise.all([markOf(KEY, "a"), markOf(KEY, "b"), markOf(`${KEY}2`, "a"), markOf(KEY, "a")]);
    expect(new Set(marks).size).toBe(3);
    expect(marks[3]).toBe(marks[0]);
    for (const mark of marks) expect(mark).toMatch(/^[\w-]{16}$/);
  });
});

describe("the name of one upload", () => {
  for (const [query, one] of [
    ["?upload_id=a", true],
    ["?upload_protocol=resumable&upload_id=a", true],
    ["?upload_id=", false],
    ["?upload_id", false],
    ["?upload_id=a&upload_id=a", false],
    ["?upload_id=a&UPLOAD%5FID=b", false],
    ["?x=1", false],
    ["", false],
  ] as const) {
    it(`${query || "nothing"}: ${one ? "yes" : "no"}`, ({ expect }) => {
      expect(namesOneUpload(query)).toBe(one);
    });
  }
});
