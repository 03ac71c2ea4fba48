import { type Call, queryInteger, quote, sendXml } from "./call.ts";
import {
  type Checksum,
  checksumAlgorithms,
  checksumElement,
  checksumTypes,
  compositeChecksum,
  fullObjectChecksum,
} from "./checksums.ts";
import { checkWrite } from "./conditions.ts";
import { S3Error } from "./errors.ts";
import { attributesOf, checksumHeaders } from "./object-operations.ts";
import { claimedChecksum, receivePayload, receiveText } from "./payload.ts";
import type { Part, Upload } from "./upload-store.ts";
import { elementsOf, parseXml, textOf } from "./xml.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxPartNumber = 10_000;
const minPartBytes = 5 * 1024 ** 2;

export function createMultipartUpload(call: Call): void {
  const { store, bucket, key } = call;
  const upload = store.uploads.create({
    bucket,
    key,
    initiated: call.now,
    attributes: attributesOf(call),
    checksum: declaredChecksum(call),
  });
  if (upload.checksum) {
    call.response.setHeader("x-amz-checksum-algorithm", upload.checksum.algorithm);
    call.response.setHeader("x-amz-checksum-type", upload.checksum.type);
  }
  sendXml(call, "InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: upload.id });
}

export async function uploadPart(call: Call): Promise<void> {
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

export async function completeMultipartUpload(call: Call): Promise<void> {
  const { store, bucket, key } = call;
  const upload = requireUpload(call);
  const document = parseXml("CompleteMultipartUpload", await receiveText(call));
  const parts = chosenParts(upload, elementsOf(document, "Part"), store.uploads.parts(upload.id));
  checkSize(call, parts);
  const checksum = objectChecksum(call, upload, parts);
  const object = store.uploads.complete(upload, parts, {
    lastModified: call.now,
    checksum,
    check: (existing) => {
      requireUpload(call);
      checkWrite(call, existing);
    },
    within: (created) => call.created(created, "ObjectCreated:CompleteMultipartUpload"),
  });
  sendXml(call, "CompleteMultipartUploadResult", {
    Location: `http://${call.request.headers.host}${call.request.url?.split("?")[0]}`,
    Bucket: bucket,
    Key: key,
    ETag: quote(object.etag),
    ...checksumElements(checksum),
    ChecksumType: checksum?.type,
  });
}

export function abortMultipartUpload(call: Call): void {
  call.store.uploads.abort(requireUpload(call).id);
  call.response.writeHead(204).end();
}

export function listParts(call: Call): void {
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

/** Every upload in one page: a local bucket has no thousands of them. */
export function listMultipartUploads(call: Call): void {
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

function requireUpload({ store, bucket, key, query }: Call): Upload {
  const id = query.get("uploadId") ?? "";
  const upload = store.uploads.find(bucket, key, id);
  if (!upload) throw noSuchUpload(id);
  return upload;
}

function noSuchUpload(id: string): S3Error {
  return new S3Error("NoSuchUpload", undefined, { UploadId: id });
}

function declaredChecksum(call: Call): Upload["checksum"] {
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

/** The stored parts that the request lists, in its order. */
function chosenParts(upload: Upload, listed: Record<string, unknown>[], stored: readonly Part[]): Part[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const parts = listed.map((element) => {
    const number = Number(textOf(element, "PartNumber"));
    const etag = textOf(element, "ETag")?.replaceAll('"', "");
    const part = byNumber.get(number);
    const claims = checksumAlgorithms.flatMap(
      (algorithm) => textOf(element, checksumElement(algorithm)) ?? [],
    );
    if (upload.checksum?.type === "COMPOSITE" && claims.length === 0) {
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using a ${upload.checksum.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    if (part?.etag === etag && part && claims.every((value) => value === part.checksum?.value)) return part;
    const details = { UploadId: upload.id, PartNumber: String(number), ETag: etag ?? "" };
    throw new S3Error("InvalidPart", undefined, details);
  });
  if (parts.length === 0) throw new S3Error("MalformedXML");
  if (parts.some(({ number }, index) => number <= (parts[index - 1]?.number ?? 0))) {
    throw new S3Error("InvalidPartOrder", undefined, { UploadId: upload.id });
  }
  const small = parts.slice(0, -1).find(({ blob }) => blob.bytes < minPartBytes);
  if (!small) return parts;
  throw new S3Error("EntityTooSmall", undefined, {
    ProposedSize: String(small.blob.bytes),
    MinSizeAllowed: String(minPartBytes),
    PartNumber: String(small.number),
    ETag: small.etag,
  });
}

function checkSize(call: Call, parts: readonly Part[]): void {
  const expected = call.header("x-amz-mp-object-size");
  const bytes = parts.reduce((sum, { blob }) => sum + blob.bytes, 0);
  if (expected === undefined || Number(expected) === bytes) return;
  throw new S3Error(
    "InvalidRequest",
    `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${bytes}`,
  );
}

function objectChecksum(
  call: Call,
  { checksum: declared }: Upload,
  parts: readonly Part[],
): Checksum | undefined {
  if (!declared) return undefined;
  const { algorithm, type } = declared;
  const values = parts.map(({ checksum, blob }) => ({ value: checksum?.value ?? "", bytes: blob.bytes }));
  const checksum =
    type === "FULL_OBJECT"
      ? fullObjectChecksum(algorithm, values)
      : compositeChecksum(
          algorithm,
          values.map(({ value }) => value),
        );
  const claimedType = call.header("x-amz-checksum-type");
  const claimed = claimedChecksum(call);
  if (
    (claimedType && claimedType !== type) ||
    (claimed && claimed.value.split("-")[0] !== checksum.value.split("-")[0])
  ) {
    throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return checksum;
}

function checksumElements(checksum: Checksum | undefined): Record<string, string> {
  return checksum ? { [checksumElement(checksum.algorithm)]: checksum.value } : {};
}
