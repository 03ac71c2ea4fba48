import type { S3Client } from "@aws-sdk/client-s3";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { outputPath, outputUrl, uploadKey } from "../../contract/keys.ts";
import { sourceType } from "../../contract/source-type.ts";
import type { CreatedUpload, UploadRequest } from "../../contract/upload-api.ts";
import { logger } from "../observability.ts";
import type { uploadApiEnvironment } from "./environment.ts";
import { storedFilename } from "./filename.ts";
import { presignedMultipart } from "./presigned-multipart.ts";
import { presignedPut } from "./presigned-put.ts";
import { Problem } from "./problem.ts";
import { acceptedTypes, accepts } from "./resolved-variants.ts";
import { newUploadId } from "./upload-id.ts";
import { parseUploadRequest } from "./upload-request.ts";

/** The parts of the program that `createUpload` uses. */
export interface UploadApiDependencies {
  /** Configured with `requestChecksumCalculation: "WHEN_REQUIRED"`; see `presignedPut`. */
  readonly s3: S3Client;
  readonly environment: ReturnType<typeof uploadApiEnvironment>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Returns the handler of `POST /uploads`, which answers with presigned requests for the file and its variants' URLs. */
export function createUpload({ s3, environment, now }: UploadApiDependencies) {
  const { UPLOADS_BUCKET, CDN_URL, VARIANTS, MAX_UPLOAD_BYTES } = environment;
  const isLarge = (size: number) => size > environment.MULTIPART_THRESHOLD_BYTES;

  function checkSize({ size }: UploadRequest): void {
    if (size === 0) throw new Problem(400, "empty-file", "The file is empty; at least 1 byte is needed");
    if (size <= MAX_UPLOAD_BYTES) return;
    throw new Problem(
      413,
      "too-large",
      `The file has ${size} bytes; at most ${MAX_UPLOAD_BYTES} are allowed`,
    );
  }

  /**
   * Refuses a SHA-256 of a file that is sent in parts: S3 checks each part's, never the whole object's,
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html.
   */
  function checkChecksum({ size, sha256 }: UploadRequest): void {
    if (sha256 === undefined || !isLarge(size)) return;
    const detail = `A file of more than ${environment.MULTIPART_THRESHOLD_BYTES} bytes is sent in parts, and S3 cannot check the SHA-256 of the whole; leave sha256 out`;
    throw new Problem(400, "sha256-of-large-file", detail, { errors: [{ pointer: "#/sha256", detail }] });
  }

  function presigned(key: string, { contentType, size, sha256 }: UploadRequest, time: number) {
    const object = { bucket: UPLOADS_BUCKET, key, contentType, bytes: size, sha256 };
    return isLarge(size)
      ? presignedMultipart(s3, object, { now: time, expirySeconds: environment.MULTIPART_EXPIRY_SECONDS })
      : presignedPut(s3, object, { now: time, expirySeconds: environment.UPLOAD_EXPIRY_SECONDS });
  }

  function acceptingVariants({ contentType }: UploadRequest) {
    const variants = VARIANTS.filter((variant) => accepts(variant, contentType));
    if (variants.length > 0) return variants;
    const accepted = acceptedTypes(VARIANTS).join(", ") || "none, as no variant is declared";
    const detail = `No variant is made of ${contentType}; accepted types: ${accepted}`;
    throw new Problem(415, "unsupported-format", detail);
  }

  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const request = parseUploadRequest(event);
    checkSize(request);
    const accepting = acceptingVariants(request);
    checkChecksum(request);

    const { contentType, size: bytes } = request;
    const time = now();
    const id = newUploadId(time);
    const stored = { uploadId: id, filename: storedFilename(request.filename, contentType) };
    const type = sourceType(stored.filename);
    const upload = await presigned(uploadKey(stored), request, time);
    const status = `${event.rawPath.replace(/\/$/, "")}/${id}`;
    const variants = accepting.map(({ name, options, converter }) => ({
      name,
      url: outputUrl(CDN_URL, outputPath(stored, name, converter.outputType(type, options))),
    }));
    const created: CreatedUpload = { id, upload, status, variants };
    const { method } = upload;
    logger.info("Upload presigned", { uploadId: id, result: "presigned", method, contentType, bytes });
    return {
      statusCode: 201,
      headers: { "content-type": "application/json", "cache-control": "no-store", location: status },
      body: JSON.stringify(created),
    };
  };
}
