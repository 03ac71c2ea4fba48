import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { PutUpload } from "../../contract/upload-api.ts";

export interface ExpectedObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Base64. */
  readonly sha256?: string | undefined;
}

const checksumHeader = "x-amz-checksum-sha256";

/**
 * Signs a PUT for exactly this object, once: content-length, content-type, `if-none-match: *` and the checksum are
 * signed as headers, so that S3 refuses anything else.
 *
 * The client must be configured with `requestChecksumCalculation: "WHEN_REQUIRED"`, or the checksum of an empty body
 * is signed as well.
 */
export async function presignedPut(
  s3: S3Client,
  { bucket, key, contentType, bytes, sha256 }: ExpectedObject,
  { now, expirySeconds }: { readonly now: number; readonly expirySeconds: number },
): Promise<PutUpload> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    ContentType: contentType,
    ContentLength: bytes,
    IfNoneMatch: "*",
    ChecksumSHA256: sha256,
  });
  const signedAt = Math.floor(now / 1000) * 1000;
  const url = await getSignedUrl(s3, command, {
    expiresIn: expirySeconds,
    signingDate: new Date(signedAt),
    signableHeaders: new Set(["host", "content-length", "content-type", "if-none-match", checksumHeader]),
    unhoistableHeaders: new Set([checksumHeader]),
  });
  return {
    method: "PUT",
    url,
    headers: {
      "content-type": contentType,
      "if-none-match": "*",
      ...(sha256 && { [checksumHeader]: sha256 }),
    },
    expiresAt: new Date(signedAt + expirySeconds * 1000).toISOString(),
  };
}
