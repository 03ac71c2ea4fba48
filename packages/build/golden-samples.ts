import sharp, { type Sharp } from "sharp";
import { avif, gif, jpeg, type MediaType, png, tiff, webp } from "../../contract/media-types.ts";
import { converterNames, findConverter } from "../../converters/registry.ts";
import { type GoldenSamples, goldenSize } from "../../handlers/pre-traffic-hook/golden-samples.ts";

const { width, height } = goldenSize;

/** A disc on a see-through ground, as RGBA pixels: drawing it as SVG needs a loader that the converters block. */
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

/** EXIF's "rotate by 90° to see it upright", as phones write it. */
const lyingOnItsSide = 6;

const encoders: readonly [MediaType, (picture: Sharp) => Sharp][] = [
  [jpeg, (picture) => picture.rotate(-90).withMetadata({ orientation: lyingOnItsSide }).jpeg()],
  [png, (picture) => picture.png()],
  [webp, (picture) => picture.webp()],
  [avif, (picture) => picture.avif({ effort: 0 })],
  [gif, (picture) => picture.gif({ effort: 1 })],
  [tiff, (picture) => picture.tiff({ compression: "deflate" })],
];

/**
 * One small picture in every type that a converter accepts by name.
 *
 * @throws {Error} when a converter accepts a type there is no encoder for.
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
        `${name} accepts ${missing.contentType}, of which packages/build/golden-samples.ts makes no sample`,
      );
    }
  }
  return made;
}
