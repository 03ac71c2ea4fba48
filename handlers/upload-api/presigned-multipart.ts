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
 * The smallest part. AWS calls 8 or 16 MB typical for parallel requests,
 * https://docs.aws.amazon.com/whitepapers/latest/s3-optimizing-performance-best-practices/use-byte-range-fetches.html.
 */
const minPartBytes = 8 * 1024 ** 2;

/**
 * The most parts. With the longest filenames and session tokens, 256 URLs have 4.5 kB each: a fifth of the 6 MB that a
 * Lambda function may answer, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 */
const maxParts = 256;

/** Returns the size of each part but the last: 8 MiB, doubled until `maxParts` parts suffice. */
export function partSizeOf(bytes: number): number {
  const doublings = Math.ceil(Math.log2(bytes / maxParts / minPartBytes));
  return minPartBytes * 2 ** Math.max(0, doublings);
}

/**
 * Creates a multipart upload and signs the requests with which a client can create exactly this object, once. Each part has
 * its size, and S3 refuses the completion unless the parts add up to the object's size and the key is free.
 *
 * @param validity the current time in milliseconds since the epoch, and how long the URLs are valid
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
