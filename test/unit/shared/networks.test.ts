import * as fc from "fast-check";
import { describe, it } from "vitest";
import { addressBytes, isWithin, networkProblem, parseNetwork } from "../../../shared/networks.ts";

const within = (address: string, network: string): boolean => {
  const parsed = parseNetwork(network);
  return parsed !== null && isWithin(address, parsed);
};

const value = (parts: number[]): number => parts.reduce((sum, part) => sum * 256 + part, 0);

describe("networks", () => {
  for (const [address, network, inside] of [
    ["203.0.113.7", "203.0.113.0/24", true],
    ["203.0.114.7", "203.0.113.0/24", false],
    ["203.0.113.7", "203.0.113.7", true],
    ["203.0.113.8", "203.0.113.7", false],
    ["203.0.113.8", "203.0.113.8/31", true],
    ["203.0.113.10", "203.0.113.8/31", false],
    ["1.2.3.4", "0.0.0.0/0", true],
    ["2001:db8::1", "0.0.0.0/0", false],
    ["::ffff:203.0.113.7", "203.0.113.0/24", true],
    ["2001:db8:1::5", "2001:db8::/32", true],
    ["2001:db9::5", "2001:db8::/32", false],
    ["2001:DB8::5", "2001:db8:0:0:0:0:0:5", true],
    ["2001:db8:8000::", "2001:db8:8000::/33", true],
    ["2001:db8:7fff::", "2001:db8:8000::/33", false],
    ["unknown", "0.0.0.0/0", false],
    ["", "::/0", false],
  ] as const) {
    it(`${address || "no address"} is ${inside ? "in" : "not in"} ${network}`, ({ expect }) => {
      expect(within(address, network)).toBe(inside);
    });
  }

  for (const text of [
    "",
    "1.2.3",
    "1.2.3.4/33",
    "1.2.3.256",
    "01.2.3.4",
    "::/129",
    "1::2::3",
    ":::",
    "1:2:3:4:5:6:7",
    "a/b",
    "1.2.3.4/24/8",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "1.2.3.4/-1",
  ]) {
    it(`refuses ${text || "nothing"}`, ({ expect }) => {
      expect(parseNetwork(text)).toBeNull();
      expect(networkProblem(text)).toBe("Write a network as 203.0.113.0/24 or 2001:db8::/32, or a single address.");
    });
  }

  it("reads every IPv6 address as the parser of addresses does", ({ expect }) => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        // The URL parser writes an address in its one short form.
        const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
        expect(addressBytes(address)).toEqual(addressBytes(short));
        expect(addressBytes(address)).toHaveLength(16);
      }),
      { numRuns: 500 },
    );
  });

  it("counts bits as arithmetic on IPv4 does", ({ expect }) => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(octets, octets, fc.nat(32), (one, other, bits) => {
        const size = 2 ** (32 - bits);
        const same = Math.floor(value(one) / size) === Math.floor(value(other) / size);
        expect(within(one.join("."), `${other.join(".")}/${bits}`)).toBe(same);
      }),
      { numRuns: 500 },
    );
  });
});
