import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

/**
 * A client for bodies of megabytes, over TLS, which keeps them from being changed on their way.
 *
 * What is written carries a CRC32 that S3 holds it to before it keeps it; the SDK would compute a SHA-256 over the same
 * bytes for its signature, which S3 lets clients leave out:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. What is read is not summed again: S3
 * gives objects a CRC64NVME, for which the SDK has nothing faster than JavaScript here,
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html.
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
