import type { Policy } from "../../shared/policy.ts";
import type { Endpoint } from "../endpoints.ts";
import { Refused, type Refusal } from "../refusals.ts";
import { fieldsOf, SHARED_FRAMES, type SharedField } from "./fields.ts";
import { judged } from "./judged.ts";
import { parseJson } from "./json.ts";
import { mayHold } from "./quick.ts";

/** Judges what passes on a socket, frame by frame: bodies that come too late to be read before it is opened. */
export interface FrameJudge {
  /** Why a frame of the holder's may not go to the provider; null: it may. */
  judge(data: string | ArrayBuffer): Refusal | null;
  /** Takes note of what the provider has made on this very socket. */
  hear(data: string | ArrayBuffer): void;
}

/** Fields of a frame in which the settings of a session, or of one answer, stand as they would in a body. */
const SETTINGS = ["session", "response", "setup"] as const;
/** How many answers of a socket are remembered. */
const MOST_OWN = 1_000;
/** Stands in no frame but of this type: in a text, a quote is escaped. */
const CREATED = '"response.created"';

// Google takes frames of bytes that hold JSON.
const decoder = new TextDecoder();
const textOf = (data: string | ArrayBuffer): string => (typeof data === "string" ? data : decoder.decode(data));

/** Parsed, not searched: a holder's own metadata comes back in the same frame, and may hold any id. */
function createdIn(frame: string): string | null {
  try {
    const { type, response } = fieldsOf(JSON.parse(frame));
    const { id } = fieldsOf(response);
    return type === "response.created" && typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}

class SharedFieldJudge implements FrameJudge {
  readonly #rules: readonly SharedField[];
  /** Answers of this socket, on which it may go on: Codex sends of each turn what is new. */
  readonly #own = new Set<string>();

  constructor(rules: readonly SharedField[]) {
    this.#rules = rules;
  }

  judge(data: string | ArrayBuffer): Refusal | null {
    const text = textOf(data);
    if (!mayHold(text, this.#rules)) return null;
    try {
      const { body } = parseJson(text);
      const { previous_response_id: previous } = body;
      if (typeof previous === "string" && this.#own.has(previous)) delete body["previous_response_id"];
      const judgement = { rules: this.#rules, refuses: true };
      judged(body, text.length, judgement);
      for (const within of SETTINGS) judged(fieldsOf(body[within]), text.length, { ...judgement, within });
      return null;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  hear(data: string | ArrayBuffer): void {
    if (typeof data !== "string" || !data.includes(CREATED)) return;
    const id = createdIn(data);
    if (id === null) return;
    this.#own.add(id);
    for (const oldest of this.#own) {
      if (this.#own.size <= MOST_OWN) break;
      this.#own.delete(oldest);
    }
  }
}

/**
 * The judge of a socket's frames.
 *
 * @param endpoint of the socket; null: one that the table doesn't know
 * @returns null where the policy goes by nothing in them
 */
export function frameJudgeOf(endpoint: Endpoint | null, { endpoints }: Pick<Policy, "endpoints">): FrameJudge | null {
  const meter = endpoint?.meter ?? null;
  const rules = meter === null ? undefined : SHARED_FRAMES[meter];
  return endpoints === "all" || rules === undefined ? null : new SharedFieldJudge(rules);
}
