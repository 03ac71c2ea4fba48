/** One file and one set of variants for a converter's process. */
export interface Job {
  /** Path of the file. */
  readonly path: string;
  readonly filename: string;
  /** Unparsed options by the names of their variants. */
  readonly variants: Readonly<Record<string, unknown>>;
  /** Folder for the outputs, each under the name of its variant. */
  readonly directory: string;
}

/** The outcome of one variant. */
export type VariantOutcome =
  | {
      readonly variant: string;
      readonly state: "ready";
      readonly path: string;
      readonly contentType: string;
      readonly width?: number | undefined;
      readonly height?: number | undefined;
    }
  | { readonly variant: string; readonly state: "failed"; readonly code: string; readonly message: string };

export interface JobResult {
  readonly outcomes: readonly VariantOutcome[];
  /** An error that is not a permanent one: a queue would retry the message and move it to the dead-letter queue. */
  readonly unclassified?: string;
  /** Highest resident memory during the job, in megabytes of 2^20 bytes. */
  readonly peakMegabytes: number;
}

/** The outputs of one job for the judge's process, with what it compares them to. */
export interface Question {
  readonly source: string;
  /** True when the file was changed in a way that a decoder may notice. */
  readonly mayBeDamaged: boolean;
  readonly isPicture: boolean;
  readonly outputs: readonly Extract<VariantOutcome, { state: "ready" }>[];
  readonly quadrants?: readonly (readonly [number, number, number])[] | undefined;
}

/** The calls that a converter's process answers. */
export interface ConverterCalls {
  convert(job: Job): JobResult;
}

/** The calls that the judge's process answers. */
export interface JudgeCalls {
  /** Returns one sentence for each defect of the outputs. */
  judge(question: Question): readonly string[];
}
