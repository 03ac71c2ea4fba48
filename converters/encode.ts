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
 * Qualities that look alike at screen size, and sharp's own defaults: JPEG 80, WebP 80, AVIF 50.
 * PNG and GIF are lossless, so that `quality` does not touch them.
 */
const encoders: readonly Encoder[] = [
  { type: jpeg, encode: (image, quality = 80) => image.jpeg({ quality }) },
  { type: webp, encode: (image, quality = 80) => image.webp({ quality }) },
  // Effort 4, sharp's default, takes five times the CPU of 3 for 2.5 % of the bytes (measured at 1280 wide).
  { type: avif, encode: (image, quality = 50) => image.avif({ quality, effort: 3 }) },
  { type: png, encode: (image) => image.png() },
  { type: gif, encode: (image) => image.gif() },
];

/**
 * Most pixels one output may have over all its frames. libaom was measured to hold 36 bytes a pixel: 12
 * megapixels are a third of the function's memory.
 */
export function maxOutputPixels(type: MediaType): number {
  return type === avif ? 12_000_000 : 50_000_000;
}

export function encodeAs(type: MediaType, image: Sharp, quality: number | undefined): Sharp {
  const encoder = encoders.find((known) => known.type === type);
  if (!encoder) throw new TypeError(`Expected a type that can be written but received ${type.contentType}`);
  return encoder.encode(image, quality);
}

/**
 * For JPEG, which has no transparency. An opaque picture is left as it is: to read a colour, sharp first fills tables for
 * 5 ms, a twelfth of a function's start.
 *
 * @param background `#rrggbb`; what follows, its own transparency, does not count
 */
export function layOn(background: string, image: Sharp, { hasAlpha }: Pick<Picture, "hasAlpha">): Sharp {
  return hasAlpha ? image.flatten({ background: background.slice(0, "#rrggbb".length) }) : image;
}

/** @param source the type of the file that `image` decodes, for its errors */
export async function toOutput(source: MediaType, type: MediaType, image: Sharp): Promise<Output> {
  const { data, info } = await finish(source, image);
  return { type, body: data, width: info.width, height: info.pageHeight ?? info.height };
}
