import type { DeclaredVariant } from "../../../contract/variant.ts";
import { findConverter } from "../../../converters/registry.ts";
import { wholeCpuMb } from "./billed-time.ts";
import { type ConverterWork, partRequests, usageOf } from "./converter-work.ts";
import { cpuSeconds } from "./cpu-time.ts";
import { sumOfUsages, type Usage } from "./usage.ts";

/** Assumed: a function waits so long for S3 and SNS when it converts an upload. */
const convertingWaitSeconds = 0.2;
/** Assumed: a message of which the converter makes nothing takes so long to parse. */
const skippingWaitSeconds = 0.005;

/** The estimated work of one converter of a stage. */
export interface StageConverterWork extends ConverterWork {
  /** The name of the converter, as in the registry. */
  readonly converter: string;
  /** The sum of the sizes of the uploads that it reads. */
  readonly bytes: number;
}

/** The estimated work of every converter of a stage. */
export type Workload = readonly StageConverterWork[];

/**
 * Adds up what the events of uploads cause in every converter of a stage. Memory does not grow with the number of
 * uploads.
 *
 * @param stageVariants all variants that the stage declares
 * @example
 * const counter = workloadCounter(variants);
 * counter.add({ key: "0198…/photo.png", bytes: 2_500_000 }, variants);
 * const { lambda, total } = costOf(usageOfWorkload(counter.total()));
 */
export function workloadCounter(stageVariants: readonly DeclaredVariant[]) {
  const counts = [...new Set(stageVariants.map(({ converter }) => converter))].map((converter) => ({
    converter,
    messages: 0,
    uploads: 0,
    bytes: 0,
    variants: 0,
    cpuSeconds: 0,
  }));
  return {
    /** Adds an upload whose event is published to make the variants `toDo`. */
    add(
      { key, bytes }: { readonly key: string; readonly bytes: number },
      toDo: readonly DeclaredVariant[],
    ): void {
      for (const work of counts) {
        if (!reaches(key, work.converter)) continue;
        work.messages++;
        const variants = toDo.filter(({ converter }) => converter === work.converter);
        if (variants.length === 0) continue;
        work.uploads++;
        work.bytes += bytes;
        work.variants += variants.length;
        for (const variant of variants) work.cpuSeconds += cpuSeconds(variant, bytes);
      }
    },
    total: (): Workload => counts.map((work) => ({ ...work, ...derived(work) })),
  };
}

function derived({
  converter,
  messages,
  uploads,
  bytes,
  variants,
}: Pick<StageConverterWork, "converter" | "messages" | "uploads" | "bytes" | "variants">) {
  // An archive is about as large as its upload; pictures fit into one part.
  const inParts = !findConverter(converter)?.needsSharp;
  return {
    receipts: variants,
    waitSeconds: uploads * convertingWaitSeconds + (messages - uploads) * skippingWaitSeconds,
    partRequests: inParts ? partRequests(uploads, bytes) : 0,
  };
}

/** Returns what AWS charges for a workload, with the memory that the registry gives each converter's function. */
export function usageOfWorkload(workload: Workload): Usage {
  return sumOfUsages(
    workload.map((work) => usageOf(work, findConverter(work.converter)?.memoryMb ?? wholeCpuMb)),
  );
}

/** Returns whether the event of an upload reaches a converter: its subscription filters on the end of the upload's key. */
export function reaches(key: string, converter: string): boolean {
  const accepts = findConverter(converter)?.accepts ?? [];
  return accepts === "any" || accepts.some(({ extension }) => key.endsWith(extension));
}
