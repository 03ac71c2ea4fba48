import type { Memory } from "../../processes/memory.ts";

/** Figures that a case adds to its time and memory: an SSIM, bytes written … */
export type Extra = Readonly<Record<string, number>>;

/** The cost of one run of a case. */
export interface Sample {
  /** User and system time of all its threads and of the programs that it ran. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly extra: Extra;
}

/** A case that is ready in its own process; all work that is not measured is done. */
export interface Prepared {
  run(): Promise<Extra | undefined>;
}

/** The default export of a file in `cases/`. Arguments travel between processes as JSON. */
export type PrepareCase<Arguments = unknown> = (args: Arguments) => Promise<Prepared>;

/** The case that a process runs. */
export interface CasePreparation {
  /** Path of the case's bundle. */
  readonly file: string;
  readonly args: unknown;
  /** Runs per turn. */
  readonly repeat: number;
}

/** The calls that a case's process answers. */
export interface CaseCalls {
  prepare(preparation: CasePreparation): void;
  /** Returns the cost of one turn. */
  run(): Sample;
  memory(): Memory;
}
