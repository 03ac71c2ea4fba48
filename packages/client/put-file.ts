import type { PutUpload } from "../../contract/upload-api.ts";
import { withRetries } from "./backoff.ts";
import { putBody, type TransferOptions } from "./put-body.ts";
import { s3ErrorOf } from "./request-error.ts";
import type { SourceFile } from "./source-file.ts";

/**
 * Sends a file by its presigned PUT, straight from disk; what breaks on the way is sent again.
 *
 * @throws {RequestError} with S3's error code, for example `AccessDenied`, or `network-error`, or `file-changed`
 */
export function putFile(
  upload: PutUpload,
  source: SourceFile,
  { signal, onProgress = () => {} }: TransferOptions = {},
): Promise<void> {
  return withRetries(async (attempt) => {
    const { status, body } = await putBody(upload, source, { signal, onProgress });
    // A second PUT is refused because the first one has arrived and only its answer was lost.
    const hasArrived = status < 300 || (status === 412 && attempt > 1);
    if (!hasArrived) throw s3ErrorOf(status, body);
    onProgress(source.bytes);
  }, signal);
}
