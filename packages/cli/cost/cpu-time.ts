import type { DeclaredVariant } from "../../../contract/variant.ts";

/** Seconds of one CPU. */
interface CpuTime {
  readonly perVariant: number;
  /** For each MiB of the upload. */
  readonly perMiB: number;
}

/**
 * Fitted on 2026-11-22 to the CPU time (user and system) of the converters on one core of an AMD EPYC. The inputs were
 * photographs of 2 to 12 megapixels as JPEG, PNG and WebP, 0.1 to 29 MB, into variants 300 and 1280 pixels wide; and 67 MB
 * of text and of noise into an archive. Single files took from half to twice the fitted time.
 */
const measured = {
  resize: { perVariant: 0.15, perMiB: 0.025 },
  resizeToAvif: { perVariant: 0.8, perMiB: 0.03 },
  "png-to-jpg": { perVariant: 0.015, perMiB: 0.009 },
  zip: { perVariant: 0.005, perMiB: 0.006 },
} as const satisfies Record<string, CpuTime>;

/**
 * Returns the CPU time in seconds of making one variant of an upload alone. Variants of one picture share its decoding,
 * so several take less than the sum. A converter that was not measured counts as the slowest.
 *
 * @param bytes the size of the upload
 */
export function cpuSeconds(
  { converter, options }: Pick<DeclaredVariant, "converter" | "options">,
  bytes: number,
) {
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
