/** One thing that a client noticed of its socket. */
export type Line = [kind: string, ...facts: unknown[]];

/** What a client noticed, from the first event to the close. */
export class Talk {
  readonly lines: Line[] = [];
  readonly #over = Promise.withResolvers<void>();

  /** Notes something. Values are taken as JSON, so that both ways compare. */
  note(kind: string, ...facts: unknown[]): void {
    const json = JSON.stringify(facts, (_key, value: unknown) => (value === undefined ? null : value));
    this.lines.push([kind, ...(JSON.parse(json) as unknown[])]);
  }

  /** Notes the close, after which nothing comes. */
  close(code: number, reason: string): void {
    this.note("close", code, reason);
    this.#over.resolve();
  }

  /** Ends a talk that no close will end. */
  end(): void {
    this.#over.resolve();
  }

  /** @returns the lines, once the talk is over */
  async whole(): Promise<Line[]> {
    await this.#over.promise;
    return this.lines;
  }
}
