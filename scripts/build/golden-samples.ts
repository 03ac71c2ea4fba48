import sharp, { type Sharp } from "sharp";
import { avif, gif, jpeg, type MediaType, png, tiff, webp } from "../../converters/media-types.ts";
import { converterNames, findConverter } from "../../converters/registry.ts";
import { type GoldenSamples, goldenSize } from "../../handlers/pre-traffic-hook/golden-samples.ts";

const { width, height } = goldenSize;

/** A disc on a see-through ground. */
const disc = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <circle cx="${width / 2}" cy="${height / 2}" r="${height / 3}" fill="#c0392b"/>
  </svg>`,
);

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
  const picture = await sharp(disc).png().toBuffer();
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
        `${name} accepts ${missing.contentType}, of which scripts/build/golden-samples.ts makes no sample`,
      );
    }
  }
  return made;
}
