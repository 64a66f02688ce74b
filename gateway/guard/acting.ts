import type { TokenRecord } from "../../shared/record.ts";
import type { Notice } from "../../shared/webhooks.ts";
import type { ClaimAct, ClaimAnswer, HolderAct, HolderAnswer } from "../permits.ts";
import type { Chores } from "./chores.ts";
import { noticeOfClaim, recordAfterClaim } from "./claim.ts";
import { noticeOfAct, recordAfter } from "./holder.ts";
import type { Keeper } from "./keeper.ts";
import type { Newest } from "./newest.ts";
import { addNotice } from "./notices.ts";

interface Parts {
  newest: Newest;
  keeper: Keeper;
  chores: Chores;
}

/** What holders change of their own token. Each method answers when the change is on disk. */
export class Acting {
  readonly #parts: Parts;
  readonly #storage: DurableObjectStorage;

  constructor(parts: Parts, storage: DurableObjectStorage) {
    this.#parts = parts;
    this.#storage = storage;
  }

  /** Does what the holder wants done to their own token, where the owner allows it (`holderMay`). */
  async act(act: HolderAct, now: number): Promise<HolderAnswer> {
    const answer = recordAfter(this.#parts.newest.get(), act, now);
    if (answer.ok) await this.#change(answer.record, noticeOfAct(answer.record, act, now), now);
    return answer;
  }

  /**
   * Gives the token the secret that was made with its claim link. Of any number at once the first one gets it: nothing waits
   * between the look at the record and its change.
   */
  async claim(act: ClaimAct, now: number): Promise<ClaimAnswer> {
    const answer = recordAfterClaim(this.#parts.newest.get(), act, now);
    if (answer.ok && answer.isNew) await this.#change(answer.record, noticeOfClaim(answer.record, act, now), now);
    return answer;
  }

  async #change(record: TokenRecord, notice: Notice, now: number): Promise<void> {
    const { newest, keeper, chores } = this.#parts;
    keeper.write(now, (memory) => {
      memory.tally.isChangedByHolder = true;
      addNotice(memory, notice);
      memory.isChanged = true;
    });
    newest.put(record);
    chores.hurry(now);
    await this.#storage.sync();
  }
}
