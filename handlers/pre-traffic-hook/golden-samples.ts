import type { Size } from "../../converters/size.ts";

/** One small picture in every type that a converter accepts: base64 by content type. */
export type GoldenSamples = Readonly<Record<string, string>>;

/** Upright; larger than the usual thumbnail, so that resizing has something to do. */
export const goldenSize: Size = { width: 640, height: 480 };

/** @throws {Error} when the build has made no sample of this type. */
export function goldenSample(samples: GoldenSamples, contentType: string): Buffer {
  const sample = samples[contentType];
  if (sample === undefined) {
    const known = Object.keys(samples).join(", ");
    throw new Error(`There is no golden sample of ${contentType}, only of ${known}`);
  }
  return Buffer.from(sample, "base64");
}
