// What LiteLLM's proxy is started with.

/** The bench's keys, for as long as it runs. */
export const KEYS = {
  master: "sk-bench-master",
  /** With a budget and a rate that are never reached, as the Doppelgate token's. */
  limited: "sk-bench-limited",
  /** With a budget that one answer uses up. */
  spent: "sk-bench-spent",
  /** With one request a minute. */
  fast: "sk-bench-fast",
};

/** In dollars, and in requests a minute. */
const LIMITS: Record<"limited" | "spent" | "fast", { max_budget: number; rpm_limit: number }> = {
  limited: { max_budget: 1_000_000, rpm_limit: 1_000_000 },
  spent: { max_budget: 0.000_001, rpm_limit: 1_000_000 },
  fast: { max_budget: 1_000_000, rpm_limit: 1 },
};

/**
 * Its configuration: a model for each answer, which asks the provider for that one.
 *
 * @param provider port of the provider
 * @param limited whether keys come from `keysModule`
 * @returns JSON, which is YAML too
 */
export function configOf(answers: readonly string[], provider: number, limited: boolean): string {
  const models = answers.map((answer) => ({
    model_name: answer,
    litellm_params: {
      model: "openai/gpt-4.1-mini",
      api_base: `http://127.0.0.1:${provider}/bench=${answer}/v1`,
      api_key: "sk-bench",
    },
  }));
  const keys = { custom_auth: "keys.user_api_key_auth", custom_auth_run_common_checks: true };
  return JSON.stringify({
    model_list: models,
    general_settings: { master_key: KEYS.master, ...(limited && keys) },
  });
}

/** The Python module that tells it of keys, by their hashes, as it finds them in its cache where it has a database. */
export function keysModule(): string {
  const keys = Object.entries(LIMITS).map(([name, limits]) => [KEYS[name as keyof typeof LIMITS], limits]);
  return `import json
from fastapi import HTTPException
from litellm.proxy._types import UserAPIKeyAuth, hash_token

KEYS = {
    hash_token(key): UserAPIKeyAuth(api_key=hash_token(key), **limits)
    for key, limits in json.loads(${JSON.stringify(JSON.stringify(Object.fromEntries(keys)))}).items()
}


async def user_api_key_auth(request, api_key):
    key = KEYS.get(hash_token(api_key))
    if key is None:
        raise HTTPException(status_code=401, detail="unknown key")
    return key.model_copy()
`;
}
