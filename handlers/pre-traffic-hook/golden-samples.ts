import type { Size } from "../../converters/size.ts";

/** One small picture of each type that a converter accepts: in base64, by content type. */
export type GoldenSamples = Readonly<Record<string, string>>;

/** The upright size of a golden sample: larger than the usual thumbnail, so that `resize` has to scale it down. */
export const goldenSize: Size = { width: 640, height: 480 };

/** @throws {Error} when the build made no sample of this type */
export function goldenSample(samples: GoldenSamples, contentType: string): Buffer {
  const sample = samples[contentType];
  if (sample === undefined) {
    const known = Object.keys(samples).join(", ");
    throw new Error(`There is no golden sample of ${contentType}, only of ${known}`);
  }
  return Buffer.from(sample, "base64");
}
