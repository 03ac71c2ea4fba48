import { quote, type S3Call, sendXml } from "./call.ts";
import { type Checksum, checksumHeader } from "./checksums.ts";
import { checkWrite, isNotModified, requestedRange } from "./conditions.ts";
import { S3Error } from "./errors.ts";
import { claimedChecksum, receivePayload, receiveText } from "./payload.ts";
import type { ObjectAttributes, StoredObject } from "./stored-object.ts";
import { elementsOf, parseXml, textOf } from "./xml.ts";

/** The sum of names and values, https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html. */
const maxMetadataBytes = 2048;
const maxDeletedKeys = 1000;
const metadataPrefix = "x-amz-meta-";

const attributeHeaders = {
  cacheControl: "cache-control",
  contentDisposition: "content-disposition",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
  expires: "expires",
} as const;

export async function putObject(call: S3Call): Promise<void> {
  const { store, bucket, key, response } = call;
  checkWrite(call, store.head(bucket, key));
  const attributes = objectAttributes(call);
  const payload = receivePayload(call);
  const object = await store.put(bucket, key, payload.body, attributes, {
    lastModified: call.now,
    checksum: payload.checksum,
    check: (existing) => checkWrite(call, existing),
    within: (created) => call.created(created, "ObjectCreated:Put"),
  });
  response.writeHead(200, { etag: quote(object.etag), ...checksumHeaders(object.checksum) }).end();
}

/** Answers GetObject and HeadObject, which differ only in the body. */
export async function getObject(call: S3Call): Promise<void> {
  const { store, request, response, query } = call;
  const object = requireObject(call);
  const headers = objectHeaders(object);
  for (const [name, value] of query) {
    if (name.startsWith("response-")) headers[name.slice("response-".length)] = value;
  }
  if (isNotModified(call, object)) {
    response
      .writeHead(304, { etag: quote(object.etag), "last-modified": object.lastModified.toUTCString() })
      .end();
    return;
  }
  const range = requestedRange(call.header("range"), object.bytes);
  const { start, end } = range ?? { start: 0, end: object.bytes - 1 };
  headers["content-length"] = String(end - start + 1);
  if (range) headers["content-range"] = `bytes ${start}-${end}/${object.bytes}`;
  else if (call.header("x-amz-checksum-mode") === "ENABLED")
    Object.assign(headers, checksumHeaders(object.checksum));
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === "HEAD") response.end();
  else await call.send(store.read(object, { start, end }));
}

export function deleteObject({ store, bucket, key, response }: S3Call): void {
  store.delete(bucket, key);
  response.writeHead(204).end();
}

export async function deleteObjects(call: S3Call): Promise<void> {
  if (!call.header("content-md5") && !call.header("x-amz-trailer") && !claimedChecksum(call)) {
    throw new S3Error(
      "InvalidRequest",
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    );
  }
  const document = parseXml("Delete", await receiveText(call));
  const keys = elementsOf(document, "Object").map((object) => textOf(object, "Key"));
  if (keys.length === 0 || keys.length > maxDeletedKeys) throw new S3Error("MalformedXML");
  const deleted: { Key: string }[] = [];
  const errors: { Key: string; Code: string; Message: string }[] = [];
  for (const key of keys) {
    if (!key) throw new S3Error("MalformedXML");
    if (call.isAllowed("s3:DeleteObject", key)) {
      call.store.delete(call.bucket, key);
      deleted.push({ Key: key });
    } else {
      errors.push({ Key: key, Code: "AccessDenied", Message: "Access Denied" });
    }
  }
  const quiet = textOf(document, "Quiet") === "true";
  sendXml(call, "DeleteResult", { Deleted: quiet ? undefined : deleted, Error: errors });
}

/**
 * Returns the headers that a client stores with an object, from a PutObject or CreateMultipartUpload request.
 *
 * @throws {S3Error} `MetadataTooLarge`
 */
export function objectAttributes(call: S3Call): ObjectAttributes {
  const names = new Set([...Object.keys(call.request.headersDistinct), ...call.query.keys()]);
  const metadata = Object.fromEntries(
    [...names]
      .map((name) => name.toLowerCase())
      .filter((name) => name.startsWith(metadataPrefix))
      .map((name) => [name.slice(metadataPrefix.length), call.header(name) ?? ""]),
  );
  const metadataBytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (metadataBytes > maxMetadataBytes) {
    throw new S3Error("MetadataTooLarge", undefined, {
      Size: String(metadataBytes),
      MaxSizeAllowed: String(maxMetadataBytes),
    });
  }
  const attributes = Object.fromEntries(
    Object.entries(attributeHeaders)
      .map(([attribute, name]) => [attribute, call.header(name)] as const)
      .filter(([, value]) => value !== undefined),
  );
  const encoding = call
    .header("content-encoding")
    ?.split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "aws-chunked")
    .join(", ");
  return {
    ...attributes,
    contentEncoding: encoding || undefined,
    contentType: call.header("content-type") ?? "binary/octet-stream",
    metadata,
  };
}

/** Returns the headers of a checksum; none for an object without one. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (!checksum) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

function objectHeaders(object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    "content-type": object.contentType,
    etag: quote(object.etag),
    "last-modified": object.lastModified.toUTCString(),
  };
  for (const [attribute, name] of Object.entries(attributeHeaders)) {
    const value = object[attribute as keyof typeof attributeHeaders];
    if (value !== undefined) headers[name] = value;
  }
  for (const [name, value] of Object.entries(object.metadata)) headers[`${metadataPrefix}${name}`] = value;
  return headers;
}

/**
 * Returns the object of a request. To a client without permission to list the bucket, S3 does not reveal whether a key
 * exists.
 *
 * @throws {S3Error} `NoSuchKey`, or `AccessDenied` for such a client
 */
function requireObject(call: S3Call): StoredObject {
  const object = call.store.head(call.bucket, call.key);
  if (object) return object;
  if (!call.isAllowed("s3:ListBucket", "")) throw new S3Error("AccessDenied");
  throw new S3Error("NoSuchKey", undefined, { Key: call.key });
}
