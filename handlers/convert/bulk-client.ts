import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

/**
 * Returns an S3 client for bodies of megabytes that computes no redundant checksums. TLS protects the bodies on their way.
 *
 * - Writes carry a CRC32, which S3 checks before it stores the object. The SDK would also compute a SHA-256 over the same
 *   bytes for the signature. S3 lets clients leave that out:
 *   https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html.
 * - Reads are not checked again. S3 sends a CRC64NVME, which the SDK computes in JavaScript here:
 *   https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html.
 */
export function bulkClient(config: S3ClientConfig = {}): S3Client {
  const s3 = new S3Client({ responseChecksumValidation: "WHEN_REQUIRED", ...config });
  s3.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      if ("x-amz-checksum-crc32" in headers) headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    { step: "build", priority: "low", name: "unsignedPayload" },
  );
  return s3;
}
