import type { CaseSettings } from "./case-runner.ts";

/** Starts in a row that are timed as one: bash tells milliseconds. */
const starts = 10;

/**
 * The system's programs, run by a line of shell. `tiny` is the same on next to nothing: what it takes is their start-up,
 * which those who run in a warm process do not pay.
 */
export function programCase(name: string, line: string, tiny: string): CaseSettings {
  const again = `for again in {1..${starts}}; do ${tiny}; done`;
  return {
    name,
    file: "tool",
    args: { line },
    startUp: { args: { line: again }, times: starts },
    optional: true,
  };
}
