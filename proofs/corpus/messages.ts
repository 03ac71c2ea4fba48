/** What a converter's process is asked: one file, one set of variants. */
export interface Job {
  /** Where the file lies. */
  readonly path: string;
  readonly filename: string;
  /** Unparsed options by the names of their variants. */
  readonly variants: Readonly<Record<string, unknown>>;
  /** Where the outputs go, each under the name of its variant. */
  readonly directory: string;
}

/** What became of one variant. */
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
  /** What was thrown that is no permanent error: the message would be retried, and end in a dead-letter queue. */
  readonly unclassified?: string;
  /** Most megabytes resident during the job. */
  readonly peakMegabytes: number;
}

/** What the judge's process is asked: whether outputs are what they should be. */
export interface Question {
  readonly source: string;
  /** Whether something was done to the file that a decoder may notice. */
  readonly mayBeDamaged: boolean;
  readonly isPicture: boolean;
  readonly outputs: readonly Extract<VariantOutcome, { state: "ready" }>[];
  readonly quadrants?: readonly (readonly [number, number, number])[] | undefined;
}
