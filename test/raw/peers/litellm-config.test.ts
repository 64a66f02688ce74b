import { describe, it } from "vitest";
import { configOf, KEYS, keysModule } from "../../../scripts/bench/peers/litellm-config.ts";

describe("LiteLLM's configuration", () => {
  it("has a model for each answer, which asks the bench's provider on loopback alone", ({ expect }) => {
    const config = JSON.parse(configOf(["json", "sse-50"], 4321, false)) as {
      model_list: { model_name: string; litellm_params: { api_base: string } }[];
      general_settings: object;
    };
    expect(config.model_list.map((one) => [one.model_name, one.litellm_params.api_base])).toEqual([
      ["json", "http://127.0.0.1:4321/bench=json/v1"],
      ["sse-50", "http://127.0.0.1:4321/bench=sse-50/v1"],
    ]);
    expect(config.general_settings).toEqual({ master_key: KEYS.master });
  });

  it("takes keys from the module where they have limits, and has them checked", ({ expect }) => {
    expect(JSON.parse(configOf([], 1, true))).toMatchObject({
      general_settings: { custom_auth: "keys.user_api_key_auth", custom_auth_run_common_checks: true },
    });
    const module = keysModule();
    for (const key of [KEYS.limited, KEYS.spent, KEYS.fast]) expect(module).toContain(key);
    expect(module).not.toContain(KEYS.master);
  });
});
