import type { S3Client } from "@aws-sdk/client-s3";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { outputPath, outputUrl, uploadKey } from "../../converters/keys.ts";
import { logger } from "../observability.ts";
import { sourceType } from "../source-type.ts";
import { acceptedTypes, accepts } from "./declared-variants.ts";
import type { uploadApiEnvironment } from "./environment.ts";
import { storedFilename } from "./filename.ts";
import { presignedPut } from "./presigned-put.ts";
import { Problem } from "./problem.ts";
import { newUploadId } from "./upload-id.ts";
import { parseUploadRequest, type UploadRequest } from "./upload-request.ts";

export interface UploadApiDependencies {
  readonly s3: S3Client;
  readonly environment: ReturnType<typeof uploadApiEnvironment>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `POST /uploads`: answers with a presigned request for the file and the URLs its variants will have. */
export function createUpload({ s3, environment, now }: UploadApiDependencies) {
  const { UPLOADS_BUCKET, CDN_URL, VARIANTS, MAX_UPLOAD_BYTES, UPLOAD_EXPIRY_SECONDS } = environment;

  function checkSize({ size }: UploadRequest): void {
    if (size === 0) throw new Problem(400, "empty-file", "The file is empty; at least 1 byte is needed");
    if (size <= MAX_UPLOAD_BYTES) return;
    throw new Problem(
      413,
      "too-large",
      `The file has ${size} bytes; at most ${MAX_UPLOAD_BYTES} are allowed`,
    );
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

    const { contentType, size, sha256 } = request;
    const time = now();
    const id = newUploadId(time);
    const upload = { uploadId: id, filename: storedFilename(request.filename, contentType) };
    const type = sourceType(upload.filename);
    const put = await presignedPut(
      s3,
      { bucket: UPLOADS_BUCKET, key: uploadKey(upload), contentType, bytes: size, sha256 },
      { now: time, expirySeconds: UPLOAD_EXPIRY_SECONDS },
    );
    const status = `${event.rawPath.replace(/\/$/, "")}/${id}`;
    const variants = accepting.map(({ name, options, converter }) => ({
      name,
      url: outputUrl(CDN_URL, outputPath(upload, name, converter.outputType(type, options))),
    }));
    logger.info("Upload presigned", { uploadId: id, result: "presigned", contentType, bytes: size });
    return {
      statusCode: 201,
      headers: { "content-type": "application/json", "cache-control": "no-store", location: status },
      body: JSON.stringify({ id, upload: put, status, variants }),
    };
  };
}
