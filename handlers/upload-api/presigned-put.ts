import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

export interface ExpectedObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Base64. */
  readonly sha256?: string | undefined;
}

/** How to send a file: one PUT with `headers` beside content-length, before `expiresAt` (ISO 8601). */
export interface PutUpload {
  readonly method: "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

/** How to send a large file: every part, then `complete`, all before `expiresAt` (ISO 8601); `abort` gives it up. */
export interface MultipartUpload {
  readonly method: "multipart";
  /** Bytes of every part but the last. */
  readonly partSize: number;
  /** In the order of the file. Each is a PUT of exactly `size` bytes, answered with an ETag for `complete`. */
  readonly parts: readonly { readonly partNumber: number; readonly size: number; readonly url: string }[];
  /** A POST of S3's `CompleteMultipartUpload` document with these headers. */
  readonly complete: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** A DELETE. */
  readonly abort: { readonly url: string };
  readonly expiresAt: string;
}

export type PresignedUpload = PutUpload | MultipartUpload;

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
