import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { PutUpload } from "../../contract/upload-api.ts";

/** The object that a client announced. */
export interface ExpectedObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** In base64. */
  readonly sha256?: string | undefined;
}

const checksumHeader = "x-amz-checksum-sha256";

/**
 * Signs a PUT with which a client can create exactly this object, once. Content-length, content-type, `if-none-match: *`
 * and the checksum are signed headers, so S3 refuses anything else.
 *
 * @param s3 a client with `requestChecksumCalculation: "WHEN_REQUIRED"`; otherwise the SDK also signs the checksum of an
 * empty body
 * @param validity the current time in milliseconds since the epoch, and how long the URL is valid
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
