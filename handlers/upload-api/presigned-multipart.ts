import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { MultipartUpload } from "../../contract/upload-api.ts";
import type { ExpectedObject } from "./presigned-put.ts";

const sizeHeader = "x-amz-mp-object-size";

/**
 * The typical size of a request, of which parallel ones make good use of a line,
 * https://docs.aws.amazon.com/whitepapers/latest/s3-optimizing-performance-best-practices/use-byte-range-fetches.html.
 */
const minPartBytes = 8 * 1024 ** 2;

/**
 * Keeps the answer small: 256 URLs of 4.5 kB each, which the longest filenames and session tokens come to, are a fifth
 * of the 6 MB that Lambda may answer, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 */
const maxParts = 256;

/** The size of every part but the last: it doubles until there are few enough. */
export function partSizeOf(bytes: number): number {
  const doublings = Math.ceil(Math.log2(bytes / maxParts / minPartBytes));
  return minPartBytes * 2 ** Math.max(0, doublings);
}

/**
 * Creates a multipart upload and signs all that a client needs to bring exactly this object into being, once: each part
 * with its size, and a completion that S3 refuses unless the parts add up to the object and its key is still free.
 *
 * @throws {S3ServiceException} when S3 does not create the upload
 */
export async function presignedMultipart(
  s3: S3Client,
  { bucket, key, contentType, bytes }: ExpectedObject,
  { now, expirySeconds }: { readonly now: number; readonly expirySeconds: number },
): Promise<MultipartUpload> {
  const object = { Bucket: bucket, Key: key };
  const created = await s3.send(new CreateMultipartUploadCommand({ ...object, ContentType: contentType }));
  const target = { ...object, UploadId: created.UploadId };
  const signedAt = Math.floor(now / 1000) * 1000;
  const validity = { expiresIn: expirySeconds, signingDate: new Date(signedAt) };

  const partSize = partSizeOf(bytes);
  const signPart = async (_: unknown, index: number) => {
    const partNumber = index + 1;
    const size = Math.min(partSize, bytes - index * partSize);
    const part = new UploadPartCommand({ ...target, PartNumber: partNumber, ContentLength: size });
    const signableHeaders = new Set(["host", "content-length"]);
    return { partNumber, size, url: await getSignedUrl(s3, part, { ...validity, signableHeaders }) };
  };
  const completion = new CompleteMultipartUploadCommand({
    ...target,
    IfNoneMatch: "*",
    MpuObjectSize: bytes,
  });
  const [parts, completeUrl, abortUrl] = await Promise.all([
    Promise.all(Array.from({ length: Math.ceil(bytes / partSize) }, signPart)),
    getSignedUrl(s3, completion, {
      ...validity,
      signableHeaders: new Set(["host", "if-none-match", sizeHeader]),
      unhoistableHeaders: new Set([sizeHeader]),
    }),
    getSignedUrl(s3, new AbortMultipartUploadCommand(target), validity),
  ]);
  return {
    method: "multipart",
    partSize,
    parts,
    complete: { url: completeUrl, headers: { "if-none-match": "*", [sizeHeader]: String(bytes) } },
    abort: { url: abortUrl },
    expiresAt: new Date(signedAt + expirySeconds * 1000).toISOString(),
  };
}
