import type { MediaType } from "./media-types.ts";

// Prefixes of the keys in the outputs bucket, without the slash.

/** The prefix of outputs, which the CDN serves. */
export const filesPrefix = "files";

/** The prefix of the upload page's files, which the CDN serves in a stage with a page. */
export const pagePrefix = "page";

/** The prefix of receipts, which the CDN never serves. */
export const receiptsPrefix = "receipts";

/** The parts of an upload's key in the uploads bucket, `{uploadId}/{filename}`. */
export interface UploadKey {
  readonly uploadId: string;
  readonly filename: string;
}

/**
 * The first character of each upload's id. A UUIDv7 begins with its time in milliseconds (RFC 9562, section 5.7), so with
 * a 0 until the year 2527.
 */
export const uploadIdStart = "0";

/** The start of the ids of a release's trial uploads. Clients never get such an id, and S3 does not announce them. */
export const trialIdStart = "ffffffff-";

/** Returns true for the id of a release's trial upload. */
export function isTrial(uploadId: string): boolean {
  return uploadId.startsWith(trialIdStart);
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/** Matches an upload's id. */
export const uploadIdPattern = new RegExp(`^${uuid}$`);
const uploadKeyPattern = new RegExp(`^(?<uploadId>${uuid})/(?<filename>[^/]+)$`);

/** Splits an upload's key. Returns undefined for a key that the upload API cannot have made. */
export function parseUploadKey(key: string): UploadKey | undefined {
  const groups = uploadKeyPattern.exec(key)?.groups;
  return groups && ({ uploadId: groups.uploadId, filename: groups.filename } as UploadKey);
}

/** Returns the key of an upload in the uploads bucket. */
export function uploadKey({ uploadId, filename }: UploadKey): string {
  return `${uploadId}/${filename}`;
}

/** Returns the extension with its dot: `.gz` of `photo.tar.gz`, and the empty string without a dot or with a leading one. */
export function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf(".");
  return dot > 0 ? filename.slice(dot) : "";
}

/** Returns the path of an output on the CDN, without the leading slash and not URL-encoded. */
export function outputPath({ uploadId, filename }: UploadKey, variant: string, type: MediaType): string {
  const extension = extensionOf(filename);
  const stem = filename.slice(0, filename.length - extension.length);
  return `${uploadId}/${variant}/${stem}${type.extension}`;
}

/** Returns the key, in the outputs bucket, of the output with this CDN path. */
export function outputKey(path: string): string {
  return `${filesPrefix}/${path}`;
}

/** Returns the key of a receipt in the outputs bucket. */
export function receiptKey(uploadId: string, variant: string): string {
  return `${receiptsPrefix}/${uploadId}/${variant}.json`;
}

/**
 * Returns the URL of an output, with each segment of the path percent-encoded.
 *
 * @param cdnUrl the base URL of the CDN, without a trailing slash
 */
export function outputUrl(cdnUrl: string, path: string): string {
  return `${cdnUrl}/${path.split("/").map(encodeURIComponent).join("/")}`;
}
