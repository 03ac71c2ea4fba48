/** A content type and the one canonical, lower-case extension (with its dot) that stands for it in keys. */
export interface MediaType {
  readonly contentType: string;
  readonly extension: string;
}

export const jpeg: MediaType = { contentType: "image/jpeg", extension: ".jpg" };
export const png: MediaType = { contentType: "image/png", extension: ".png" };
export const webp: MediaType = { contentType: "image/webp", extension: ".webp" };
export const avif: MediaType = { contentType: "image/avif", extension: ".avif" };
export const gif: MediaType = { contentType: "image/gif", extension: ".gif" };
export const tiff: MediaType = { contentType: "image/tiff", extension: ".tif" };
export const zip: MediaType = { contentType: "application/zip", extension: ".zip" };

/** Every type whose extension a converter's filter may rely on. */
export const mediaTypes: readonly MediaType[] = [jpeg, png, webp, avif, gif, tiff, zip];
