import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  claimJob,
  createJob,
  failJob,
  findJob,
  type JobFile,
  listJobs,
  removeJob,
} from "../../scripts/schedule/jobs.ts";
import { type Context, openContext } from "../../scripts/schedule/state.ts";
import { test } from "./fixture.ts";
import type { Sandbox } from "./sandbox.ts";

function newJob(box: Sandbox, at: string): { context: Context; file: JobFile } {
  const context = openContext(box.root, { DOPPELGATE_STATE: box.state });
  const { id } = createJob(context, { action: "disable", at, apiBase: box.cloudflare.base, targets: [] });
  const file = findJob(context, id);
  if (!file) throw new Error("no job");
  return { context, file };
}

test("of all who saw a job free, one gets it", ({ box, expect }) => {
  const { context, file } = newJob(box, "2027-01-01T00:00:00.000Z");
  expect(claimJob(context, file)).toMatchObject({ id: file.id, owner: process.pid });
  expect(claimJob(context, file)).toBeUndefined();
  expect(box.jobs).toEqual([`${file.id}.${process.pid}.json`]);
});

test("a job that was cancelled can't be claimed, given up or removed again", ({ box, expect }) => {
  const { context, file } = newJob(box, "2027-01-01T00:00:00.000Z");
  const { job } = file;
  expect(removeJob(file)).toBe(true);
  expect(removeJob(file)).toBe(false);
  expect(claimJob(context, file)).toBeUndefined();
  if (job) failJob(context, file, job, "too late");
  expect(box.jobs).toEqual([]);
});

test("jobs are listed by their time, whatever else is in the folder", ({ box, expect }) => {
  const { context, file: later } = newJob(box, "2027-01-02T00:00:00.000Z");
  const { file: sooner } = newJob(box, "2027-01-01T00:00:00.000Z");
  for (const name of [`${later.id}.json.7.part`, "notes.txt", ".json"]) {
    writeFileSync(join(box.state, "jobs", name), "{}");
  }
  expect(listJobs(context).map(({ id }) => id)).toEqual([sooner.id, later.id]);
});
