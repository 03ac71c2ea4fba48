import type { StageVariant } from "./stage-variants.ts";

/** Milliseconds of one core. */
interface CpuTime {
  readonly perVariant: number;
  readonly perMiB: number;
}

/**
 * Fitted on 2026-11-22 to the CPU time (user and system) of the converters on one core of an AMD EPYC: photographs of
 * 2 to 12 megapixels as JPEG, PNG and WebP, 0.1 to 28 MiB, into variants 300 and 1280 pixels wide; 64 MiB of text and
 * of noise into an archive. Single files took from half to twice of it.
 */
const measured = {
  resize: { perVariant: 150, perMiB: 25 },
  resizeToAvif: { perVariant: 800, perMiB: 30 },
  "png-to-jpg": { perVariant: 15, perMiB: 9 },
  zip: { perVariant: 5, perMiB: 6 },
} as const satisfies Record<string, CpuTime>;

/**
 * CPU time of making `variant` of an upload, as if alone: variants of one picture share its decoding, so several take
 * less. A converter that was not measured is taken for the slowest.
 */
export function cpuMilliseconds({ converter, options }: StageVariant, bytes: number): number {
  const { perVariant, perMiB } = cpuTime(converter, options);
  return perVariant + (perMiB * bytes) / 2 ** 20;
}

function cpuTime(converter: string, options: unknown): CpuTime {
  switch (converter) {
    case "resize":
      return isAvif(options) ? measured.resizeToAvif : measured.resize;
    case "png-to-jpg":
    case "zip":
      return measured[converter];
    default:
      return measured.resizeToAvif;
  }
}

function isAvif(options: unknown): boolean {
  return typeof options === "object" && options !== null && "format" in options && options.format === "avif";
}
