import { readFileSync } from "node:fs";
import { createJob, findJob, type Job, type JobFile } from "../../scripts/schedule/jobs.ts";
import { runJob } from "../../scripts/schedule/run.ts";
import { type Context, openContext } from "../../scripts/schedule/state.ts";
import { test } from "./fixture.ts";
import { LOGIN, type Sandbox } from "./sandbox.ts";

/** A job that is due, without a process of its own. */
function dueJob(box: Sandbox): { context: Context; job: Job; file: JobFile } {
  const context = openContext(box.root, { DOPPELGATE_STATE: box.state, CLOUDFLARE_API_TOKEN: LOGIN });
  const target = { label: "admin", script: "my-admin", accountId: "account-one" } as const;
  const at = new Date().toISOString();
  const job = createJob(context, { action: "disable", at, apiBase: box.cloudflare.base, targets: [target] });
  const file = findJob(context, job.id);
  if (!file) throw new Error("no job");
  return { context, job, file };
}

test("a job whose failure does not pass is given up after its last try", async ({ box, expect }) => {
  const { context, job, file } = dueJob(box);
  box.cloudflare.fail("server", 9, "POST");
  await runJob(context, file, job, () => true, [0, 0.01]);
  expect(box.cloudflare.switches).toHaveLength(3);
  expect(box.jobs).toEqual([`${job.id}.failed.json`]);
  const failed = JSON.parse(readFileSync(findJob(context, job.id)?.path ?? "", "utf8")) as Record<string, unknown>;
  expect(failed["failure"]).toBe("admin: HTTP 500: An unknown error has occurred. [code 10013]");
  expect(box.log).toContain(`job ${job.id}: given up`);
});

test("a job that is cancelled between two tries is not tried again", async ({ box, expect }) => {
  const { context, job, file } = dueJob(box);
  box.cloudflare.fail("server", 9, "POST");
  await runJob(context, file, job, () => box.cloudflare.switches.length === 0, [0, 0]);
  expect(box.cloudflare.switches).toHaveLength(1);
});
