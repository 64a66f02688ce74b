// Peers, installed, started, tried and measured beside the gateway. What can't be had is told with its reason, never left out.
import { startStand } from "../stand.ts";
import { install, type Run } from "./install.ts";
import type { Extent } from "./loading.ts";
import { measureRows } from "./measuring.ts";
import { ownRows } from "./own.ts";
import type { Peer, Row, Running } from "./peer.ts";
import { provesRow } from "./proof.ts";
import type { Result, Results } from "./report.ts";

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const versionOf = ({ package: { name, version } }: Peer): string => `${name} ${version}`;

const missing = (peer: Peer, reason: string): Result[] =>
  peer.rows.map((row) => ({ ...row, version: versionOf(peer), measured: null, reason }));

/** Peers whose packages are there, and the results of the others. */
export interface Ready {
  ready: { peer: Peer; folder: string }[];
  missing: Result[];
}

/**
 * Installs peers, one after the other.
 *
 * @param cache folder of their packages
 * @param say takes a line for whoever waits
 */
export async function installPeers(
  peers: readonly Peer[],
  cache: string,
  say: (line: string) => void,
  run?: Run,
): Promise<Ready> {
  const found: Ready = { ready: [], missing: [] };
  for (const peer of peers) {
    say(`${versionOf(peer)}: installing, unless it is in ${cache} …`);
    const { folder, reason } = await install(peer.package, cache, run);
    if (folder !== null) found.ready.push({ peer, folder });
    else found.missing.push(...missing(peer, reason));
  }
  return found;
}

/** Starts peers and tries each of their rows; those that fail it have a result already. */
async function startPeers({ ready, missing: results }: Ready, provider: number, running: Running[]) {
  const rows = new Map<Row, Peer>();
  for (const { peer, folder } of ready) {
    try {
      const started = await peer.start(folder, provider);
      running.push(started);
      for (const row of started.rows) await provesRow(row);
      for (const row of started.rows) rows.set(row, peer);
    } catch (error) {
      results.push(...missing(peer, reasonOf(error)));
    }
  }
  return rows;
}

/**
 * Measures what is installed beside the gateway.
 *
 * @throws where our own side fails; everything that was started has ended then
 */
export async function comparePeers(installed: Ready, extent: Extent, say: (line: string) => void): Promise<Results> {
  const stand = await startStand();
  const running: Running[] = [];
  try {
    const own = ownRows(stand);
    for (const row of own) await provesRow(row);
    say("Starting peers …");
    const theirs = await startPeers(installed, stand.ports.direct, running);
    const rows = [...own, ...theirs.keys()];
    if (theirs.size === 0) return { rate: null, rows: installed.missing };
    say("Measuring …");
    const { rate, measured, failed } = await measureRows(stand, rows, extent);
    const results = rows.map((row): Result => {
      const peer = theirs.get(row);
      const { id, name, facts } = row;
      const head = { id, name, facts, version: peer === undefined ? null : versionOf(peer) };
      const figures = measured.get(row);
      return figures === undefined
        ? { ...head, measured: null, reason: failed.get(row) ?? "not measured" }
        : { ...head, measured: figures, reason: null };
    });
    return { rate, rows: [...results, ...installed.missing] };
  } finally {
    await Promise.all(running.map((one) => one.end()));
    await stand.dispose();
  }
}
