import type { MediaType } from "./media-types.ts";

/** Prefixes of the outputs bucket: the CDN reads `files/` and, in a stage with a page, `page/`. */
export const filesPrefix = "files";
export const pagePrefix = "page";
export const receiptsPrefix = "receipts";

/** An upload's place in the uploads bucket: `{uploadId}/{filename}`. */
export interface UploadKey {
  readonly uploadId: string;
  readonly filename: string;
}

/**
 * How the id of every upload starts: a UUIDv7 begins with its time in milliseconds (RFC 9562, section 5.7), so with
 * 0 until the year 2527.
 */
export const uploadIdStart = "0";

/** How the ids start under which a release tries new code: no client is given one, and S3 announces none of them. */
export const trialIdStart = "ffffffff-";

export function isTrial(uploadId: string): boolean {
  return uploadId.startsWith(trialIdStart);
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
export const uploadIdPattern = new RegExp(`^${uuid}$`);
const uploadKeyPattern = new RegExp(`^(?<uploadId>${uuid})/(?<filename>[^/]+)$`);

/** Returns undefined for a key that the upload API cannot have made. */
export function parseUploadKey(key: string): UploadKey | undefined {
  const groups = uploadKeyPattern.exec(key)?.groups;
  return groups && ({ uploadId: groups.uploadId, filename: groups.filename } as UploadKey);
}

export function uploadKey({ uploadId, filename }: UploadKey): string {
  return `${uploadId}/${filename}`;
}

/** `photo.tar.gz` → `.gz`; no dot, or only a leading one, → the empty string. */
export function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf(".");
  return dot > 0 ? filename.slice(dot) : "";
}

/** Path of an output on the CDN, without the leading slash and not yet URL-encoded. */
export function outputPath({ uploadId, filename }: UploadKey, variant: string, type: MediaType): string {
  const extension = extensionOf(filename);
  const stem = filename.slice(0, filename.length - extension.length);
  return `${uploadId}/${variant}/${stem}${type.extension}`;
}

export function outputKey(path: string): string {
  return `${filesPrefix}/${path}`;
}

export function receiptKey(uploadId: string, variant: string): string {
  return `${receiptsPrefix}/${uploadId}/${variant}.json`;
}

/** The URL of an output, each path segment percent-encoded. */
export function outputUrl(cdnUrl: string, path: string): string {
  return `${cdnUrl}/${path.split("/").map(encodeURIComponent).join("/")}`;
}
