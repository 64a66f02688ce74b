import { describe, it } from "vitest";
import { throttleKey } from "../../../../admin/registry/address.ts";

describe("what the throttle counts by", () => {
  for (const [address, key] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:0:0:0:9", "2001:db8:0:0::/64"],
    ["2001:db8:0000:0000::", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ] as const) {
    it(`of ${address} is ${key}`, ({ expect }) => {
      expect(throttleKey(address)).toBe(key);
    });
  }
});
