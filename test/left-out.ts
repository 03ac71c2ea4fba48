import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import type { Context } from "mocha";

interface LeftOut {
  readonly suite: string;
  readonly remedy: string;
}

/** The list of suites that this run left out, one as JSON on each line. All processes of the run write to it. */
const list = process.env.HENKAN_LEFT_OUT ?? "";

/**
 * Skips the suite whose hook calls it, because this machine lacks something. The run reports it at its end, in one line
 * for each `remedy`.
 *
 * @throws {Error} under `CI=true`, where nothing may be left out
 *
 * @example
 * before(function () {
 *   if (!hasChromium) leaveOut(this, "the page", "install Chromium");
 * });
 */
export function leaveOut(hook: Context, suite: string, remedy: string): never {
  if (process.env.CI === "true") throw new Error(`"${suite}" cannot be tested here. To test it, ${remedy}`);
  const leftOut: LeftOut = { suite, remedy };
  appendFileSync(list, `${JSON.stringify(leftOut)}\n`);
  return hook.skip();
}

/** Returns the lines for the end of a run, which name the suites left out and how to run them. Empties the list. */
export function describeLeftOut(): string[] {
  if (!existsSync(list)) return [];
  const all: LeftOut[] = readFileSync(list, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  rmSync(list);
  return Array.from(
    Map.groupBy(all, ({ remedy }) => remedy),
    ([remedy, leftOut]) => {
      const suites = leftOut.map(({ suite }) => `"${suite}"`);
      return `Left out: ${suites.join(", ")}. To run them, ${remedy}.`;
    },
  );
}
