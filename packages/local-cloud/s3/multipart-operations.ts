import { queryInteger, quote, type S3Call, sendXml } from "./call.ts";
import { type Checksum, checksumElement, checksumTypes } from "./checksums.ts";
import { checksumAlgorithms } from "./digests.ts";
import { S3Error } from "./errors.ts";
import { checksumHeaders, objectAttributes } from "./object-operations.ts";
import { receivePayload } from "./payload.ts";
import type { Upload } from "./upload-store.ts";

/** The highest part number, https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. */
const maxPartNumber = 10_000;

export function createMultipartUpload(call: S3Call): void {
  const { store, bucket, key } = call;
  const upload = store.uploads.create({
    bucket,
    key,
    initiated: call.now,
    attributes: objectAttributes(call),
    checksum: declaredChecksum(call),
  });
  if (upload.checksum) {
    call.response.setHeader("x-amz-checksum-algorithm", upload.checksum.algorithm);
    call.response.setHeader("x-amz-checksum-type", upload.checksum.type);
  }
  sendXml(call, "InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: upload.id });
}

export async function uploadPart(call: S3Call): Promise<void> {
  const upload = requireUpload(call);
  const number = queryInteger(call, "partNumber", { min: 1, max: maxPartNumber }) ?? 0;
  const payload = receivePayload(call, upload.checksum?.algorithm);
  const part = await call.store.uploads.putPart(upload, number, payload.body, {
    lastModified: call.now,
    checksum: payload.checksum,
  });
  if (!part) throw noSuchUpload(upload.id);
  const { "x-amz-checksum-type": _, ...checksum } = checksumHeaders(part.checksum);
  call.response.writeHead(200, { etag: quote(part.etag), ...checksum }).end();
}

export function abortMultipartUpload(call: S3Call): void {
  call.store.uploads.abort(requireUpload(call).id);
  call.response.writeHead(204).end();
}

export function listParts(call: S3Call): void {
  const upload = requireUpload(call);
  const limit = queryInteger(call, "max-parts", { min: 0, max: 2 ** 31 - 1 }) ?? 1000;
  const marker = queryInteger(call, "part-number-marker", { min: 0, max: maxPartNumber }) ?? 0;
  const remaining = call.store.uploads.parts(upload.id).filter(({ number }) => number > marker);
  const page = remaining.slice(0, Math.min(limit, 1000));
  sendXml(call, "ListPartsResult", {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number,
    MaxParts: limit,
    IsTruncated: remaining.length > page.length,
    StorageClass: "STANDARD",
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: part.lastModified.toISOString(),
      ETag: quote(part.etag),
      Size: part.blob.bytes,
      ...checksumElements(part.checksum),
    })),
  });
}

/** Lists all uploads in one page: a local bucket does not have thousands of them. */
export function listMultipartUploads(call: S3Call): void {
  const prefix = call.query.get("prefix") ?? "";
  const uploads = call.store.uploads.list(call.bucket).filter(({ key }) => key.startsWith(prefix));
  sendXml(call, "ListMultipartUploadsResult", {
    Bucket: call.bucket,
    Prefix: prefix,
    MaxUploads: 1000,
    IsTruncated: false,
    Upload: uploads.map(({ id, key, initiated, checksum }) => ({
      Key: key,
      UploadId: id,
      Initiated: initiated.toISOString(),
      StorageClass: "STANDARD",
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
    })),
  });
}

/**
 * Returns the upload of a request.
 *
 * @throws {S3Error} `NoSuchUpload`
 */
export function requireUpload({ store, bucket, key, query }: S3Call): Upload {
  const id = query.get("uploadId") ?? "";
  const upload = store.uploads.find(bucket, key, id);
  if (!upload) throw noSuchUpload(id);
  return upload;
}

function noSuchUpload(id: string): S3Error {
  return new S3Error("NoSuchUpload", undefined, { UploadId: id });
}

function declaredChecksum(call: S3Call): Upload["checksum"] {
  const name = call.header("x-amz-checksum-algorithm");
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((known) => known === name.toUpperCase());
  const type =
    call.header("x-amz-checksum-type") ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const types = algorithm ? checksumTypes(algorithm) : [];
  const known = types.find((candidate) => candidate === type);
  if (algorithm && known) return { algorithm, type: known };
  throw new S3Error(
    "InvalidRequest",
    algorithm
      ? `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm; it allows ${types.join(" and ")}.`
      : `Checksum algorithm ${name} is unsupported. The valid types are ${checksumAlgorithms.join(", ")}.`,
  );
}

/** Returns the XML element of a checksum; none for a part without one. */
export function checksumElements(checksum: Checksum | undefined): Record<string, string> {
  return checksum ? { [checksumElement(checksum.algorithm)]: checksum.value } : {};
}
