import * as v from "valibot";
import { flag, integer, object, oneOf, text } from "../contract/option-schemas.ts";

/** Widest side WebP and libvips' other writers agree on, https://developers.google.com/speed/webp/faq. */
const maxSide = 16_383;
const side = integer(1, maxSide);
/** The quality of a lossy format, from 1 to 100. */
export const quality = integer(1, 100);
/** A colour as hexadecimal RGB or RGBA. */
export const hexColour = text(/^#([0-9a-f]{6}|[0-9a-f]{8})$/i, "a colour such as #ffffff or #ffffff00");

/** Options of `resize`; at least one of width and height, in pixels. */
export const resizeOptions = v.pipe(
  object({
    width: v.optional(side),
    height: v.optional(side),
    fit: v.optional(oneOf(["inside", "cover", "contain", "fill"]), "inside"),
    format: v.optional(oneOf(["jpeg", "png", "webp", "avif"])),
    quality: v.optional(quality),
    enlarge: v.optional(flag, false),
    animated: v.optional(flag, false),
    background: v.optional(hexColour, "#ffffff"),
  }),
  v.check(({ width, height }) => width !== undefined || height !== undefined, "width or height is needed"),
  v.check(
    ({ fit, width, height }) => fit === "inside" || (width !== undefined && height !== undefined),
    "fit cover, contain and fill need both width and height",
  ),
  v.check(
    ({ animated, format }) => !animated || format === undefined || format === "webp",
    "animated needs format webp, or no format to keep the source's",
  ),
);

/** Options of `png-to-jpg`. */
export const pngToJpgOptions = object({
  quality: v.optional(quality, 80),
  background: v.optional(hexColour, "#ffffff"),
  mozjpeg: v.optional(flag, false),
});

/** Options of `zip`; `level` is DEFLATE's. */
export const zipOptions = object({
  level: v.optional(integer(1, 9), 5),
});

export type ResizeOptions = v.InferOutput<typeof resizeOptions>;
export type PngToJpgOptions = v.InferOutput<typeof pngToJpgOptions>;
export type ZipOptions = v.InferOutput<typeof zipOptions>;
