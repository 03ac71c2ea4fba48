/** Figures a case adds to its time and memory: an SSIM, bytes written … */
export type Extra = Readonly<Record<string, number>>;

/** What one run of a case cost. */
export interface Sample {
  /** User and system time, of every thread and of the programs it ran. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly extra: Extra;
}

/** A case made ready in its own process: what is not to be measured has been done. */
export interface Prepared {
  run(): Promise<Extra | undefined>;
}

/** The default export of a file in `cases/`. Arguments travel between processes as JSON. */
export type PrepareCase<Arguments = unknown> = (args: Arguments) => Promise<Prepared>;

/** What a case's process is asked for. */
export type Request = "run" | "memory";

/** What it answers. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "sample"; readonly sample: Sample }
  | { readonly kind: "memory"; readonly memory: Memory }
  | { readonly kind: "error"; readonly message: string };

/** Megabytes (2^20). */
export interface Memory {
  readonly residentMb: number;
  /** Most since the process began. */
  readonly peakMb: number;
}
