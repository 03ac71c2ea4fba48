import type { Context } from "mocha";

/** Names of the suites that this run left out, by what would bring them back. */
const leftOut = new Map<string, string[]>();

/**
 * Skips the suite whose hook calls it because this machine lacks something. The end of the run says so, in one line for
 * each `remedy`.
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
  leftOut.set(remedy, [...(leftOut.get(remedy) ?? []), suite]);
  return hook.skip();
}

/** The lines for the end of a run: what was left out, and how to get it. */
export function describeLeftOut(): string[] {
  return Array.from(
    leftOut,
    ([remedy, suites]) =>
      `Left out: ${suites.map((suite) => `"${suite}"`).join(", ")}. To run them, ${remedy}.`,
  );
}
