import type { Sharp } from "sharp";
import { jpeg } from "../contract/media-types.ts";
import type { Convert, Variant } from "./converter.ts";
import { layOn, toOutput } from "./encode.ts";
import { freePixels, fromPixels, openPicture, type Picture, toPixels } from "./image.ts";
import type { PngToJpgOptions } from "./options.ts";

/** A quarter of the function's 1,024 MB: pixels shared by variants take another, and mozjpeg a third. */
const maxHeldBytes = 256 * 1024 * 1024;

/**
 * A single variant goes from file to JPEG line by line. Optimal Huffman tables would need the whole picture
 * in memory, and cost a third more time for 4 % of the bytes: only mozjpeg, which is asked for, has them.
 */
export function encodeJpg(
  opaque: Sharp,
  { quality, mozjpeg }: Pick<PngToJpgOptions, "quality" | "mozjpeg">,
): Sharp {
  return opaque.jpeg(mozjpeg ? { quality, mozjpeg } : { quality, optimiseCoding: false });
}

/** Each decode of one picture, or one decode for several variants; `close` ends what they share. */
async function decoder(picture: Picture, variants: readonly Variant<PngToJpgOptions>[]) {
  if (variants.length < 2) return { decode: () => picture.decode(), close: () => {} };
  const pixels = await toPixels(picture.type, picture.decode());
  return { decode: () => fromPixels(pixels), close: () => freePixels(pixels) };
}

/** Yields a JPEG in sRGB and without metadata per variant, transparency laid on its background. */
export const convert: Convert<PngToJpgOptions> = async function* (source, variants, isWanted = () => true) {
  const picture = await openPicture(source, maxHeldBytes);
  const { decode, close } = await decoder(picture, variants);
  try {
    for (const { name, options } of variants.filter((variant) => isWanted(variant.name))) {
      const opaque = layOn(options.background, decode(), picture);
      yield { variant: name, output: await toOutput(picture.type, jpeg, encodeJpg(opaque, options)) };
    }
  } finally {
    close();
  }
};
