import { PROVIDER_ROWS } from "../../gateway/providers.ts";
import type { LocalSettings } from "./settings.ts";

/**
 * What a person needs to go on: addresses, password, token, who is real, and a line that works.
 *
 * @param gateway its origin
 * @param admin its origin
 */
export function welcome(gateway: string, admin: string, token: string, settings: LocalSettings): string {
  const rows = Object.entries(PROVIDER_ROWS).map(([provider, { name, keySecret }]) => {
    const faked = settings.faked.some((one) => one === provider);
    return `  ${name.padEnd(14)} ${faked ? `FAKE: made-up answers, since .dev.vars has no ${keySecret}` : "real, with your key: requests cost money"}`;
  });
  const request = settings.faked.includes("openai")
    ? `curl ${gateway}/v1/chat/completions -H 'authorization: Bearer ${token}' -H 'content-type: application/json' -d '{"model":"gpt-5.4-mini","messages":[{"role":"user","content":"Hello"}]}'`
    : `curl ${gateway}/v1/models -H 'authorization: Bearer ${token}'`;
  return [
    "",
    "Doppelgate is running.",
    "",
    `  gateway        ${gateway}`,
    `  admin          ${admin}`,
    `  password       ${settings.adminSecret}`,
    `  token          ${token}`,
    "",
    ...rows,
    "",
    "Try it:",
    `  ${request}`,
    "",
    "Ctrl-C ends everything.",
    "",
  ].join("\n");
}
