// `npm run soak`: half an hour of mixed traffic through the gateway on bare workerd, with restarts; says what grew and what was
// left over. Its short form is a test: test/raw/soak/soak.test.ts.
import { parseArgs } from "node:util";
import { type Life, soak } from "../test/raw/soak/soak.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, clients: { type: "string", default: "20" } },
});
const [minutes, clients] = [Number(values.minutes), Number(values.clients)];
if (!(minutes > 0) || !(clients >= 1)) throw new Error("--minutes and --clients take numbers above 0.");

/** Parts of the time that workerd lives through. The long one shows what grows; the short ones that a kill leaves nothing behind. */
const LIVES = [1 / 2, 1 / 6, 1 / 6, 1 / 6];
/** How much more memory than when it was warm the longest life may end with: a heap is emptied when the engine likes to. */
const MOST_GROWTH = 1.2;

const livesMs = LIVES.map((part) => part * minutes * 60_000);
const told = ({ lifeMs, warmMiB, endMiB }: Life): void => {
  console.log(
    `workerd, ${(lifeMs / 60_000).toFixed(1)} min: ${warmMiB.toFixed(0)} MiB when warm, ${endMiB.toFixed(0)} MiB at the end`,
  );
};
const seed = Date.now() % 1_000_000;
const found = await soak({ livesMs, clients, pauseMs: 100, seed }, told);
console.log(JSON.stringify({ seed, ...found }, null, 2));
const { overspent, lost, stillHeld, moreSockets, idleCpu, lives } = found;
const isClean =
  [overspent, lost, stillHeld].every(({ length }) => length === 0) && !(moreSockets > 0) && !(idleCpu > 0.02);
const [longest] = lives;
const grew = longest === undefined ? Number.NaN : longest.endMiB / longest.warmMiB;
console.log(
  `memory at the end of the longest life ÷ when warm: ${grew.toFixed(2)} (at most ${MOST_GROWTH}); ${isClean ? "nothing is left over" : "SOMETHING IS LEFT OVER"}`,
);
process.exitCode = isClean && !(grew > MOST_GROWTH) ? 0 : 1;
