import type { ByteRange } from "./blob-file.ts";
import type { S3Call } from "./call.ts";
import { S3Error } from "./errors.ts";
import type { StoredObject } from "./stored-object.ts";

/**
 * Checks `If-None-Match: *` and `If-Match` of a write against the object that has the same key now,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
 *
 * @throws {S3Error} `PreconditionFailed`; `NoSuchKey` for `If-Match` without an object; `NotImplemented` for an ETag in
 *   `If-None-Match`
 */
export function checkWrite(call: S3Call, existing: StoredObject | undefined): void {
  const [ifMatch, ifNoneMatch] = [call.header("if-match"), call.header("if-none-match")];
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw new S3Error("NotImplemented", undefined, { Header: "If-None-Match" });
  }
  if (ifNoneMatch && existing) throw preconditionFailed("If-None-Match");
  if (ifMatch === undefined) return;
  if (!existing) throw new S3Error("NoSuchKey", undefined, { Key: call.key });
  if (!listsEtag(ifMatch, existing)) throw preconditionFailed("If-Match");
}

/**
 * Returns true when the answer to a read is 304 (RFC 9110, section 13.2.2).
 *
 * @throws {S3Error} `PreconditionFailed` when it is 412
 */
export function isNotModified(call: S3Call, object: StoredObject): boolean {
  const header = (name: string) => call.header(name);
  const seconds = Math.floor(object.lastModified.getTime() / 1000) * 1000;
  const [ifMatch, ifNoneMatch] = [header("if-match"), header("if-none-match")];
  // An absent or malformed date is NaN, and every comparison with NaN is false.
  const modifiedSince = Date.parse(header("if-modified-since") ?? "");
  const unmodifiedSince = Date.parse(header("if-unmodified-since") ?? "");
  if (ifMatch !== undefined) {
    if (!listsEtag(ifMatch, object)) throw preconditionFailed("If-Match");
  } else if (seconds > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined) return listsEtag(ifNoneMatch, object);
  return seconds <= modifiedSince;
}

/**
 * Returns the range that a `Range` header requests from an object of `bytes` bytes. Returns undefined for the whole
 * object: S3 ignores a malformed header and one with several ranges.
 *
 * @throws {S3Error} `InvalidRange` when the range is outside the object
 */
export function requestedRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const range =
    first === ""
      ? { start: Math.max(bytes - Number(last), 0), end: bytes - 1 }
      : { start: Number(first), end: last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1) };
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (range.start > range.end) {
    throw new S3Error("InvalidRange", undefined, {
      RangeRequested: header ?? "",
      ActualObjectSize: String(bytes),
    });
  }
  return range;
}

function listsEtag(header: string, { etag }: StoredObject): boolean {
  return header
    .split(",")
    .map((candidate) => candidate.trim().replace(/^W\//, "").replace(/^"|"$/g, ""))
    .some((candidate) => candidate === "*" || candidate === etag);
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", undefined, { Condition: condition });
}
