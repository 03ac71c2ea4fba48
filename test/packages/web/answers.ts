import type { PresignedUpload } from "../../../handlers/upload-api/presigned-put.ts";
import type { UploadState, VariantStatus } from "../../../handlers/upload-api/upload-status.ts";
import type { CreatedUpload, UploadStatus, Variant } from "../../../packages/web/answers.ts";

/** What the API answers is what the page reads: the compiler compares the two, neither of which knows the other. */
export const readable = {
  upload: (answer: PresignedUpload): CreatedUpload["upload"] => answer,
  state: (answer: UploadState): UploadStatus["state"] => answer,
  variant: (answer: VariantStatus): Variant => answer,
};
