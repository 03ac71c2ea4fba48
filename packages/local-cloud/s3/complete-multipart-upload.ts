import { quote, type S3Call, sendXml } from "./call.ts";
import { type Checksum, checksumElement, compositeChecksum, fullObjectChecksum } from "./checksums.ts";
import { checkWrite } from "./conditions.ts";
import { checksumAlgorithms } from "./digests.ts";
import { S3Error } from "./errors.ts";
import { checksumElements, requireUpload } from "./multipart-operations.ts";
import { claimedChecksum, receiveText } from "./payload.ts";
import type { Part, Upload } from "./upload-store.ts";
import { elementsOf, parseXml, textOf } from "./xml.ts";

/**
 * The size of the smallest part, except the last one,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html.
 */
const minPartBytes = 5 * 1024 ** 2;

export async function completeMultipartUpload(call: S3Call): Promise<void> {
  const { store, bucket, key } = call;
  // This check comes first, because a complete upload is gone: a client that repeats its request learns that the object
  // exists.
  checkWrite(call, store.head(bucket, key));
  const upload = requireUpload(call);
  const document = parseXml("CompleteMultipartUpload", await receiveText(call));
  const parts = chosenParts(upload, elementsOf(document, "Part"), store.uploads.parts(upload.id));
  checkSize(call, parts);
  const checksum = await objectChecksum(call, upload, parts);
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

/** Returns the stored parts that the request lists, in the order of the request. */
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

function checkSize(call: S3Call, parts: readonly Part[]): void {
  const expected = call.header("x-amz-mp-object-size");
  const bytes = parts.reduce((sum, { blob }) => sum + blob.bytes, 0);
  if (expected === undefined || Number(expected) === bytes) return;
  throw new S3Error(
    "InvalidRequest",
    `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${bytes}`,
  );
}

async function objectChecksum(
  call: S3Call,
  { checksum: declared }: Upload,
  parts: readonly Part[],
): Promise<Checksum | undefined> {
  if (!declared) return undefined;
  const { algorithm, type } = declared;
  const values = parts.map(({ checksum, blob }) => ({ value: checksum?.value ?? "", bytes: blob.bytes }));
  const checksum =
    type === "FULL_OBJECT"
      ? fullObjectChecksum(algorithm, values)
      : await compositeChecksum(
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
