import { avif, jpeg, type MediaType, png, tiff, webp } from "../contract/media-types.ts";
import type { ResizeOptions } from "./options.ts";

const formats = { jpeg, png, webp, avif };

/** TIFF is no format for the web: its variants are JPEGs unless the options say otherwise. */
export function resizedType(source: MediaType, { format }: Pick<ResizeOptions, "format">): MediaType {
  if (format) return formats[format];
  return source.contentType === tiff.contentType ? jpeg : source;
}
