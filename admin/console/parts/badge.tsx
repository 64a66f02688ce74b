import type { TokenView } from "../../registry/types.ts";
import { STATUS_NAMES } from "../words.ts";

/** How a token stands, and whether the newest change is still on its way. */
export function StatusBadges({ token }: { token: Pick<TokenView, "status" | "pending"> & Partial<TokenView> }) {
  return (
    <span class="badges">
      <span class={`badge ${token.status}`}>{STATUS_NAMES[token.status]}</span>
      {token.claim?.state === "open" && token.secrets?.length === 0 && (
        <span class="badge pending">Not claimed yet</span>
      )}
      {token.pending.length > 0 && <span class="badge pending">Not published yet</span>}
    </span>
  );
}
