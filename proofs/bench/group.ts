import type { Line } from "./line.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import type { Missing, Results } from "./measure/contest.ts";

/** The tools and folders with which a group measures. */
export interface Bench {
  /** A folder for inputs and S3's objects, which is deleted after the run. */
  readonly directory: string;
  /** True for fewer rounds and smaller inputs. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Folder of the cases' bundles. */
  readonly bundles: string;
  /** Runs contenders in turns, fewer when quick. The result names the missing ones; undefined cases are skipped. */
  contest(
    cases: readonly (CaseSettings | Missing | undefined)[],
    options: { readonly rounds: number; readonly warmUps?: number },
  ): Promise<Results>;
  /** Returns the path of a system's program, or undefined when it is absent. */
  tool(name: string): string | undefined;
  /** Prints the progress. */
  say(text: string): void;
}

export interface Group {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<Line[]>;
}
