import type { CaseSettings } from "./case-runner.ts";

/** Number of starts that are measured together, because bash measures milliseconds. */
const starts = 10;

/**
 * Returns a case that runs the system's programs with a shell command. `tiny` is the same command on almost no input. It
 * measures the start of the programs, which contenders in a warm process do not need.
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
