export type { CreatedUpload, UploadStatus } from "../../contract/upload-api.ts";
export { type ApiAuth, bearerAuth, iamAuth, openAuth } from "./api-auth.ts";
export { forEachConcurrently, limiter } from "./concurrency.ts";
export { downloadVariant } from "./download.ts";
export { describeFailure, type Failure } from "./failure.ts";
export { putMultipart } from "./multipart-upload.ts";
export { ApiAccessError, hasExpired, RequestError } from "./request-error.ts";
export { SourceFile } from "./source-file.ts";
export { UploadClient } from "./upload-client.ts";
