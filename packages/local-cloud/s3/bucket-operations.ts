import { encodePath } from "../sigv4.ts";
import { queryInteger, quote, type S3Call, sendXml } from "./call.ts";
import { S3Error } from "./errors.ts";
import type { StoredObject } from "./stored-object.ts";

/**
 * The most keys and common prefixes in one answer,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html.
 */
const maxKeysLimit = 1000;

export function headBucket({ response, region }: S3Call): void {
  response.writeHead(200, { "x-amz-bucket-region": region }).end();
}

export function getBucketLocation(call: S3Call): void {
  sendXml(call, "LocationConstraint", { "#text": call.region === "us-east-1" ? "" : call.region });
}

export function listObjectsV2(call: S3Call): void {
  const { query, bucket } = call;
  const [prefix = "", delimiter = "", startAfter, token, encoding] = [
    "prefix",
    "delimiter",
    "start-after",
    "continuation-token",
    "encoding-type",
  ].map((name) => query.get(name));
  if (query.get("list-type") !== "2")
    throw new S3Error("InvalidArgument", "Invalid List Type specified in Request");
  if (encoding !== undefined && encoding !== "url") {
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  }
  const encode = (text: string) => (encoding === "url" ? encodePath(text) : text);
  const limit = Math.min(queryInteger(call, "max-keys", { min: 0, max: 2 ** 31 - 1 }) ?? 1000, maxKeysLimit);
  const after = token === undefined ? startAfter : keyOf(token);
  const page = collectPage(call, { prefix, delimiter, after, limit });

  sendXml(call, "ListBucketResult", {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    EncodingType: encoding,
    MaxKeys: limit,
    KeyCount: page.objects.length + page.commonPrefixes.length,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
    Contents: page.objects.map((object) => ({
      Key: encode(object.key),
      LastModified: object.lastModified.toISOString(),
      ETag: quote(object.etag),
      ChecksumAlgorithm: object.checksum?.algorithm,
      ChecksumType: object.checksum?.type,
      Size: object.bytes,
      StorageClass: "STANDARD",
    })),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

interface Page {
  readonly objects: StoredObject[];
  readonly commonPrefixes: string[];
  /** The last key or common prefix of the page, when more follow. */
  readonly next?: string;
}

function collectPage(
  { store, bucket }: S3Call,
  {
    prefix,
    delimiter,
    after = "",
    limit,
  }: { prefix: string; delimiter: string; after?: string; limit: number },
): Page {
  const page: Page = { objects: [], commonPrefixes: [] };
  let last = after;
  for (const object of limit > 0 ? store.list(bucket, prefix, after) : []) {
    const end = delimiter === "" ? -1 : object.key.indexOf(delimiter, prefix.length);
    const entry = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
    if (end >= 0 && entry === last) continue;
    if (page.objects.length + page.commonPrefixes.length === limit) return { ...page, next: last };
    if (end < 0) page.objects.push(object);
    else page.commonPrefixes.push(entry);
    last = entry;
  }
  return page;
}

function keyOf(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (key === "") throw new S3Error("InvalidArgument", "The continuation token provided is incorrect");
  return key;
}
