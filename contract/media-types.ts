/**
 * A content type with the one extension that it has in keys.
 *
 * @example
 * ```ts
 * const jpeg: MediaType = { contentType: "image/jpeg", extension: ".jpg" };
 * ```
 */
export interface MediaType {
  readonly contentType: string;
  /** Lower case, with its dot. */
  readonly extension: string;
}

export const jpeg: MediaType = { contentType: "image/jpeg", extension: ".jpg" };
export const png: MediaType = { contentType: "image/png", extension: ".png" };
export const webp: MediaType = { contentType: "image/webp", extension: ".webp" };
export const avif: MediaType = { contentType: "image/avif", extension: ".avif" };
export const gif: MediaType = { contentType: "image/gif", extension: ".gif" };
export const tiff: MediaType = { contentType: "image/tiff", extension: ".tif" };
export const zip: MediaType = { contentType: "application/zip", extension: ".zip" };

/** All types that a converter may name in `accepts`: their uploads always have the type's extension. */
export const mediaTypes: readonly MediaType[] = [jpeg, png, webp, avif, gif, tiff, zip];
