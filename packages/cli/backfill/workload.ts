import { cpuMilliseconds } from "./durations.ts";
import { reaches, type StageVariant } from "./stage-variants.ts";
import type { StoredUpload } from "./stored-uploads.ts";

/** What one converter is given to do. */
export interface ConverterWork {
  readonly converter: string;
  /** Messages that reach its queue: more than `uploads`, since an event reaches every converter that takes the type. */
  readonly messages: number;
  /** Uploads it makes something of, each read once. */
  readonly uploads: number;
  readonly bytes: number;
  /** Variants it makes. */
  readonly variants: number;
  /** Of one core, to make them. */
  readonly cpuMilliseconds: number;
  /** Receipts it reads: of the variants that it is asked for. */
  readonly receipts: number;
}

export type Workload = readonly ConverterWork[];

/** Adds up what the events of uploads set in motion, in every converter of the stage. */
export function workloadCounter(stageVariants: readonly StageVariant[]) {
  const converters = [...new Set(stageVariants.map(({ converter }) => converter))].map((converter) => ({
    work: { converter, messages: 0, uploads: 0, bytes: 0, variants: 0, cpuMilliseconds: 0, receipts: 0 },
  }));
  return {
    /** An upload whose event is published so that `toDo` are made. */
    add({ key, bytes }: Pick<StoredUpload, "key" | "bytes">, toDo: readonly StageVariant[]): void {
      for (const { work } of converters) {
        if (!reaches(key, work.converter)) continue;
        work.messages++;
        const variants = toDo.filter(({ converter }) => converter === work.converter);
        if (variants.length === 0) continue;
        work.uploads++;
        work.bytes += bytes;
        work.variants += variants.length;
        work.receipts += variants.length;
        for (const variant of variants) work.cpuMilliseconds += cpuMilliseconds(variant, bytes);
      }
    },
    total: (): Workload => converters.map(({ work }) => ({ ...work })),
  };
}
