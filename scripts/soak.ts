// `npm run soak`: half an hour of mixed traffic through the gateway on bare workerd, with restarts; says what grew and what was
// left over. Its short form is a test: test/raw/soak/soak.test.ts.
import { parseArgs } from "node:util";
import { soak } from "../test/raw/soak/soak.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, clients: { type: "string", default: "20" } },
});
const [minutes, clients] = [Number(values.minutes), Number(values.clients)];
if (!(minutes > 0) || !(clients >= 1)) throw new Error("--minutes and --clients take numbers above 0.");

const RESTARTS = 5;
const lifeMs = (minutes * 60_000) / (RESTARTS + 1);
const told = ({ warmMiB, endMiB }: { warmMiB: number; endMiB: number }): void => {
  console.log(`workerd: ${warmMiB.toFixed(0)} MiB when warm, ${endMiB.toFixed(0)} MiB at the end`);
};
const seed = Date.now() % 1_000_000;
const found = await soak({ restarts: RESTARTS, lifeMs, clients, pauseMs: 100, seed }, told);
console.log(JSON.stringify({ seed, ...found }, null, 2));
const { overspent, lost, stillHeld, moreSockets, idleCpu } = found;
const isClean =
  [overspent, lost, stillHeld].every(({ length }) => length === 0) && !(moreSockets > 0) && !(idleCpu > 0.02);
const grew = Math.max(...found.lives.map(({ warmMiB, endMiB }) => endMiB / warmMiB));
console.log(
  `memory at the end ÷ when warm, at most: ${grew.toFixed(2)}; ${isClean ? "nothing is left over" : "SOMETHING IS LEFT OVER"}`,
);
process.exitCode = isClean && !(grew > 1.2) ? 0 : 1;
