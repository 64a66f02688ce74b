import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, parseArguments } from "./arguments.ts";
import { cancel, resume, switchLater, switchNow } from "./commands.ts";
import { list } from "./list.ts";
import { type Context, log, messageOf, openContext } from "./state.ts";
import { HELP, USAGE, UsageError } from "./usage.ts";
import { wait } from "./waiter.ts";

async function run(context: Context, command: Exclude<Command, { kind: "help" }>): Promise<number> {
  switch (command.kind) {
    case "wait":
      await wait(context, command.id);
      return 0;
    case "run-due":
      await resume(context);
      return 0;
    case "list":
      await resume(context);
      await list(context);
      return 0;
    case "cancel": {
      const code = cancel(context, command.id);
      await resume(context);
      return code;
    }
    case "switch": {
      const { labels, action, at } = command;
      const code = at ? await switchLater(context, labels, action, at) : await switchNow(context, labels, action);
      // After the switch, so that it overtakes jobs that are overdue.
      await resume(context);
      return code;
    }
    default:
      return command satisfies never;
  }
}

async function main(words: string[]): Promise<number> {
  // Whatever is written from here on is this user's only.
  process.umask(0o077);
  let context: Context | undefined;
  try {
    const command = parseArguments(words, new Date());
    if (command.kind === "help") {
      console.log(HELP);
      return 0;
    }
    context = openContext(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), process.env);
    return await run(context, command);
  } catch (error) {
    console.error(`schedule.sh: ${messageOf(error)}`);
    if (error instanceof UsageError) console.error(USAGE);
    else if (context) log(context, `failed: ${messageOf(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
