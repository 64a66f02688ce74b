import type { ExpectStatic } from "vitest";
import type { Books, World } from "./world.ts";

/** What is used of a token's first budget. */
export const usedOf = ({ standing }: Books): number => standing?.budgets[0]?.used ?? -1;

/** What is held of it, and how many requests count as running. */
export const heldOf = ({ standing }: Books): number =>
  (standing?.budgets[0]?.reserved ?? 0) + (standing?.concurrency?.running ?? 0);

/** Waits until a guard holds nothing any more and has so many lines in its log. */
export async function booksOf(expect: ExpectStatic, world: World, id: string, lines: number): Promise<Books> {
  const look = async (): Promise<number[]> => {
    const books = await world.books(id);
    return [books.entries.length, heldOf(books)];
  };
  await expect.poll(look, { timeout: 10_000, interval: 100 }).toEqual([lines, 0]);
  return world.books(id);
}
