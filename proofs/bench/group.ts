import type { Line } from "./line.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import type { Missing, Results } from "./measure/contest.ts";

/** The tools and folders with which a group measures. */
export interface Bench {
  /** A folder of this run, for inputs and S3's objects; it goes with the run. */
  readonly directory: string;
  /** Fewer rounds and smaller inputs. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Folder of the cases' bundles. */
  readonly bundles: string;
  /** Runs contenders in turns; the results tell of those that are missing, but for undefined ones. Rounds are fewer when quick. */
  contest(
    cases: readonly (CaseSettings | Missing | undefined)[],
    options: { readonly rounds: number; readonly warmUps?: number },
  ): Promise<Results>;
  /** A program of the system, or undefined when it is absent. */
  tool(name: string): string | undefined;
  /** Tells the user how far it is. */
  say(text: string): void;
}

export interface Group {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<Line[]>;
}
