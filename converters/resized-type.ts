import { avif, jpeg, type MediaType, png, tiff, webp } from "../contract/media-types.ts";

const formats = { jpeg, png, webp, avif };

/** A format that a variant can ask for. */
export type OutputFormat = keyof typeof formats;

/** Returns the type of a resized picture. Without a `format`, a TIFF becomes a JPEG, because browsers do not show TIFF. */
export function resizedType(
  source: MediaType,
  { format }: { readonly format?: OutputFormat | undefined },
): MediaType {
  if (format) return formats[format];
  return source.contentType === tiff.contentType ? jpeg : source;
}
