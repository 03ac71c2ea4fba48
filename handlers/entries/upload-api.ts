import { S3Client } from "@aws-sdk/client-s3";
import { observed, unclassifiedError } from "../observability.ts";
import { createUpload } from "../upload-api/create-upload.ts";
import { uploadApiEnvironment } from "../upload-api/environment.ts";
import { router } from "../upload-api/router.ts";
import { s3UploadLookup } from "../upload-api/upload-lookup.ts";
import { uploadStatus } from "../upload-api/upload-status.ts";

const environment = uploadApiEnvironment(process.env);
const { UPLOADS_BUCKET, OUTPUTS_BUCKET, CDN_URL, VARIANTS } = environment;
const s3 = new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" });

/** The Lambda handler of the HTTP API, payload format 2.0. */
export const handler = observed(
  router(
    {
      "POST /uploads": createUpload({ s3, environment, now: Date.now }),
      "GET /uploads/{id}": uploadStatus({
        store: s3UploadLookup(s3, UPLOADS_BUCKET, OUTPUTS_BUCKET),
        variants: VARIANTS,
        cdnUrl: CDN_URL,
      }),
    },
    unclassifiedError,
  ),
  {},
);
