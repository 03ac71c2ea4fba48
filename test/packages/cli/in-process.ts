import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";
import { backfill } from "../../../packages/cli/backfill.ts";
import { exitCodeOf, hasPlainMessage } from "../../../packages/cli/command/errors.ts";
import { graph } from "../../../packages/cli/graph.ts";
import { redrive } from "../../../packages/cli/redrive.ts";
import { watch } from "../../../packages/cli/watch.ts";
import type { Finished } from "./command-line.ts";

const commands = { backfill, graph, redrive, watch };

/** The output of each command that is running, kept apart from that of the others. */
const output = new AsyncLocalStorage<{ stdout: string; stderr: string }>();

for (const [method, stream] of [
  ["log", "stdout"],
  ["error", "stderr"],
] as const) {
  const print = console[method];
  console[method] = (...values: unknown[]) => {
    const lines = output.getStore();
    if (lines) lines[stream] += `${format(...values)}\n`;
    else print(...values);
  };
}

/**
 * Runs a command of `henkan` to its end in this process. It prints and exits as `runCommand("henkan", …)` does, without
 * the 0.8 s of CPU that the start of a process takes. Commands that would ask on a terminal need a process of their own:
 * this one may have a terminal.
 */
export function runHenkan(name: keyof typeof commands, ...args: string[]): Promise<Finished> {
  const lines = { stdout: "", stderr: "" };
  return output.run(lines, async () => {
    try {
      const code = await commands[name].run(args, new AbortController().signal);
      return { code, ...lines };
    } catch (error) {
      console.error(hasPlainMessage(error) ? error.message : error);
      return { code: exitCodeOf(error), ...lines };
    }
  });
}

/** Returns true when a command with these arguments asks no question. */
export const asksNothing = (args: readonly string[]) => args.includes("--yes") || args.includes("--dry-run");
