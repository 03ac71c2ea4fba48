import type { PutUpload } from "../../contract/upload-api.ts";
import { withRetries } from "./backoff.ts";
import { putBody, type TransferOptions } from "./put-body.ts";
import { s3ErrorOf } from "./request-error.ts";
import type { SourceFile } from "./source-file.ts";

/**
 * Sends a file from disk with its presigned PUT. Transient failures are retried.
 *
 * @throws {RequestError} with S3's error code, for example `AccessDenied`, or `network-error` or `file-changed`
 */
export function putFile(
  upload: PutUpload,
  source: SourceFile,
  { signal, onProgress = () => {} }: TransferOptions = {},
): Promise<void> {
  return withRetries(async (attempt) => {
    const { status, body } = await putBody(upload, source, { signal, onProgress });
    // S3 refuses a second PUT. It then has the first one, whose answer was lost.
    const hasArrived = status < 300 || (status === 412 && attempt > 1);
    if (!hasArrived) throw s3ErrorOf(status, body);
    onProgress(source.bytes);
  }, signal);
}
