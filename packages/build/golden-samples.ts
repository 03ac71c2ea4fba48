import sharp, { type Sharp } from "sharp";
import { avif, gif, jpeg, type MediaType, png, tiff, webp } from "../../contract/media-types.ts";
import { converterNames, findConverter } from "../../converters/registry.ts";
import { type GoldenSamples, goldenSize } from "../../handlers/pre-traffic-hook/golden-samples.ts";

const { width, height } = goldenSize;

/** Draws a disc on a transparent background, as RGBA pixels. The converters block the loader that an SVG would need. */
function disc(): Buffer {
  const pixels = Buffer.alloc(width * height * 4);
  const radius = height / 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = Math.hypot(x - width / 2, y - height / 2) < radius;
      if (inside) pixels.set([0xc0, 0x39, 0x2b, 0xff], (y * width + x) * 4);
    }
  }
  return pixels;
}

/** The EXIF orientation "rotate by 90°", which phones write. */
const rotatedBy90 = 6;

const encoders: readonly [MediaType, (picture: Sharp) => Sharp][] = [
  [jpeg, (picture) => picture.rotate(-90).withMetadata({ orientation: rotatedBy90 }).jpeg()],
  [png, (picture) => picture.png()],
  [webp, (picture) => picture.webp()],
  [avif, (picture) => picture.avif({ effort: 0 })],
  [gif, (picture) => picture.gif({ effort: 1 })],
  [tiff, (picture) => picture.tiff({ compression: "deflate" })],
];

/**
 * Encodes one small picture in every media type that a converter accepts by name.
 *
 * @returns base64 by media type
 * @throws {Error} when a converter accepts a type that has no encoder here
 */
export async function makeGoldenSamples(): Promise<GoldenSamples> {
  const picture = await sharp(disc(), { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  const samples = encoders.map(async ([{ contentType }, encode]): Promise<[string, string]> => {
    const bytes = await encode(sharp(picture)).toBuffer();
    return [contentType, bytes.toString("base64")];
  });
  const made = Object.fromEntries(await Promise.all(samples));
  for (const name of converterNames) {
    const accepts = findConverter(name)?.accepts ?? "any";
    const missing = accepts === "any" ? undefined : accepts.find(({ contentType }) => !(contentType in made));
    if (missing) {
      throw new Error(
        `${name} accepts ${missing.contentType}, but packages/build/golden-samples.ts has no encoder for it`,
      );
    }
  }
  return made;
}
