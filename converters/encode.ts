import type { Sharp } from "sharp";
import { avif, gif, jpeg, type MediaType, png, webp } from "../contract/media-types.ts";
import type { Output } from "./converter.ts";
import { finish } from "./finish.ts";
import type { Picture } from "./image.ts";

interface Encoder {
  readonly type: MediaType;
  encode(image: Sharp, quality: number | undefined): Sharp;
}

/**
 * The default qualities are sharp's own, which look alike at screen size: JPEG 80, WebP 80, AVIF 50. PNG and GIF are
 * lossless, so `quality` does not change them.
 */
const encoders: readonly Encoder[] = [
  { type: jpeg, encode: (image, quality = 80) => image.jpeg({ quality }) },
  { type: webp, encode: (image, quality = 80) => image.webp({ quality }) },
  // Effort 4, sharp's default, takes five times the CPU of 3 for 2.5 % of the bytes (measured at 1280 pixels wide).
  { type: avif, encode: (image, quality = 50) => image.avif({ quality, effort: 3 }) },
  { type: png, encode: (image) => image.png() },
  { type: gif, encode: (image) => image.gif() },
];

/**
 * Returns the most pixels that one output may have, all its frames together. libaom was measured to hold 36 bytes per
 * pixel, so 12 megapixels are a third of the function's memory.
 */
export function maxOutputPixels(type: MediaType): number {
  return type === avif ? 12_000_000 : 50_000_000;
}

/**
 * Encodes `image` as `type`.
 *
 * @param quality 1 to 100; undefined is the type's own default
 * @throws {TypeError} for a type that has no encoder
 */
export function encodeAs(type: MediaType, image: Sharp, quality: number | undefined): Sharp {
  const encoder = encoders.find((known) => known.type === type);
  if (!encoder) throw new TypeError(`Expected a type that has an encoder but received ${type.contentType}`);
  return encoder.encode(image, quality);
}

/**
 * Lays the picture on a background, for JPEG, which has no transparency. An opaque picture is returned unchanged: sharp
 * fills tables for 5 ms before it reads its first colour, a twelfth of a function's start.
 *
 * @param background `#rrggbb`; the alpha digits of `#rrggbbaa` are ignored
 */
export function layOn(background: string, image: Sharp, { hasAlpha }: Pick<Picture, "hasAlpha">): Sharp {
  return hasAlpha ? image.flatten({ background: background.slice(0, "#rrggbb".length) }) : image;
}

/**
 * Runs the pipeline `image` to its end.
 *
 * @param source the type of the file that `image` decodes, for the messages of errors
 * @param type the type that `image` encodes
 * @throws {ConversionError} when the decoder finds damage
 */
export async function toOutput(source: MediaType, type: MediaType, image: Sharp): Promise<Output> {
  const { data, info } = await finish(source, image);
  return { type, body: data, width: info.width, height: info.pageHeight ?? info.height };
}
