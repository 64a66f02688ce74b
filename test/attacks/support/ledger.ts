import { holds, needlesOf, readings } from "./search.ts";

/** Whom something reached. */
export type Place =
  | "a holder"
  | "openai"
  | "anthropic"
  | "gemini"
  | "the owner"
  | "a webhook"
  | "the gateway's log"
  | "the admin's log"
  | "storage";

/** Something that left. */
export interface Leaving {
  place: Place;
  /** What it was, to find it again. */
  name: string;
  /** A byte a character. */
  text: string;
}

/** A secret that was planted. */
export interface Canary {
  name: string;
  /** What is secret of it: not the beginning that all of its kind share, nor a public id. */
  core: string;
}

/** Where a canary may stand, and in which words exactly; everything else of it is a leak. */
export interface Permission {
  canary: string;
  place: Place;
  /** Names of what left that it is for; left out: all there. */
  name?: RegExp;
  /** The texts, which are cut out before the search. */
  exactly: readonly string[];
}

/** All that left while canaries were in the house. */
export class Ledger {
  readonly leavings: Leaving[] = [];
  readonly canaries: Canary[] = [];
  readonly permissions: Permission[] = [];

  /** Writes down something that left. */
  note(place: Place, name: string, text: string): void {
    this.leavings.push({ place, name, text });
  }

  /** Plants a canary. */
  plant(name: string, core: string): void {
    // The length is looked at here, so that a canary which can't be searched for is none.
    needlesOf(core);
    this.canaries.push({ name, core });
  }

  /** Says where a canary may stand. */
  permit(canary: string, place: Place, exactly: readonly string[], name?: RegExp): void {
    this.permissions.push({ canary, place, exactly, ...(name !== undefined && { name }) });
  }

  /** Where a permission was made use of: one that nobody needs would hide a leak. */
  used({ place, name, exactly }: Permission): string[] {
    return this.#at(place, name)
      .filter(({ text }) => exactly.some((one) => text.includes(one)))
      .map((leaving) => leaving.name);
  }

  /** What holds a canary beyond what it may, by place and name. */
  leaks({ name: canary, core }: Canary): string[] {
    const mine = this.permissions.filter((one) => one.canary === canary);
    const found = this.leavings.filter((leaving) => {
      const cuts = mine.filter(({ place, name }) => place === leaving.place && (name?.test(leaving.name) ?? true));
      const exactly = cuts.flatMap((one) => one.exactly);
      if (exactly.length === 0) return this.#holds(leaving, core);
      return holds(
        exactly.reduce((text, one) => text.replaceAll(one, "\0"), leaving.text),
        core,
      );
    });
    return found.map(({ place, name }) => `${place}: ${name}`);
  }

  /** Of the text that is searched most often the readings are kept. */
  readonly #readings = new Map<Leaving, string>();
  #holds(leaving: Leaving, core: string): boolean {
    const known = this.#readings.get(leaving) ?? readings(leaving.text).join(" ");
    this.#readings.set(leaving, known);
    return needlesOf(core).some((needle) => known.includes(needle));
  }

  #at(place: Place, name: RegExp | undefined): Leaving[] {
    return this.leavings.filter((one) => one.place === place && (name?.test(one.name) ?? true));
  }
}
