import type { MultipartUpload, UploadPart } from "../../contract/upload-api.ts";
import { withRetries } from "./backoff.ts";
import { forEachConcurrently } from "./concurrency.ts";
import { networkFailure } from "./network-failure.ts";
import { putBody, type TransferOptions } from "./put-body.ts";
import { hasExpired, RequestError, s3ErrorOf } from "./request-error.ts";
import type { SourceFile } from "./source-file.ts";

export interface MultipartOptions extends TransferOptions {
  /**
   * The number of parts that are sent at a time.
   *
   * @default 4
   */
  readonly concurrency?: number;
}

/** Enough to survive 15 seconds without network, because a failure would lose all parts that have been sent. */
const maxAttempts = 12;
const abortTimeoutMs = 10_000;

/** S3's errors when a client completes an upload that is already complete. */
const completeCodes = ["PreconditionFailed", "NoSuchUpload"];

/**
 * Sends a file from disk in parts, several at a time. Parts that fail transiently are sent again. When the upload fails or
 * `signal` ends it, the client aborts it, and S3 deletes the parts that it has.
 *
 * @throws {RequestError} with S3's error code, for example `NoSuchUpload`, or `network-error`, `file-changed` or `expired`
 * @example
 * const { upload } = await client.createFor(source);
 * if (upload.method === "multipart") await putMultipart(upload, source, { onProgress: console.log });
 */
export async function putMultipart(
  upload: MultipartUpload,
  source: SourceFile,
  { signal, onProgress = () => {}, concurrency = 4 }: MultipartOptions = {},
): Promise<void> {
  const failure = new AbortController();
  const ended = AbortSignal.any(signal ? [signal, failure.signal] : [failure.signal]);
  const sent = new Map<number, number>();
  const retrying = retryingOnceReached(ended);
  try {
    checkSize(upload, source);
    const etags = await forEachConcurrently(concurrency, upload.parts, async (part) => {
      const onPart = (sentBytes: number) => {
        sent.set(part.partNumber, sentBytes);
        onProgress([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
      };
      const start = (part.partNumber - 1) * upload.partSize;
      try {
        ended.throwIfAborted();
        return await retrying(() => putPart(part, source, start, { signal: ended, onProgress: onPart }));
      } catch (error) {
        // Ends the other parts too. The upload is aborted only when all of them have ended.
        failure.abort(error);
        return "";
      }
    });
    ended.throwIfAborted();
    await source.assertUnchanged();
    const document = completionOf(upload.parts, etags);
    await retrying((attempt) => complete(upload.complete, document, { attempt, signal: ended }));
  } catch (error) {
    await abortUpload(upload);
    signal?.throwIfAborted();
    throw hasExpired(error) ? expired(upload, error) : error;
  }
}

/** @throws {RequestError} `file-changed` when the file does not have the announced size */
function checkSize({ parts }: MultipartUpload, source: SourceFile): void {
  const announced = parts.reduce((sum, { size }) => sum + size, 0);
  if (source.bytes === announced) return;
  const message = `The file has ${source.bytes} bytes, but ${announced} were announced. Send it again`;
  throw new RequestError("file-changed", message);
}

/**
 * Returns a function that retries transient failures, and after the first success also `network-error`. S3 has then been
 * reached once, so a later failure to reach it will pass.
 */
function retryingOnceReached(signal: AbortSignal) {
  let isReached = false;
  return <Result>(work: (attempt: number) => Promise<Result>): Promise<Result> =>
    withRetries(
      async (attempt) => {
        try {
          const result = await work(attempt);
          isReached = true;
          return result;
        } catch (error) {
          if (!isReached || !(error instanceof RequestError) || error.code !== "network-error") throw error;
          throw new RequestError(error.code, error.message, { isTransient: true, cause: error });
        }
      },
      signal,
      maxAttempts,
    );
}

/** Sends one part and returns its ETag. */
async function putPart(
  { partNumber, size, url }: UploadPart,
  source: SourceFile,
  start: number,
  options: TransferOptions,
): Promise<string> {
  const part = { bytes: size, read: () => source.read({ start, bytes: size }) };
  const { status, etag, body } = await putBody({ url }, part, options);
  if (status >= 300) throw s3ErrorOf(status, body);
  if (etag) return etag;
  throw new RequestError("no-etag", `S3 stored part ${partNumber} but returned no ETag`);
}

/** Returns the XML document that lists the parts of a complete upload. */
function completionOf(parts: readonly UploadPart[], etags: readonly string[]): string {
  const listed = parts.map(
    ({ partNumber }, index) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etags[index]}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
}

async function complete(
  { url, headers }: MultipartUpload["complete"],
  document: string,
  { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
): Promise<void> {
  const { status, answer } = await post(url, headers, document, signal);
  // S3 answers 200 before it is done. The document then has the outcome:
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
  if (status === 200 && answer.includes("<CompleteMultipartUploadResult")) return;
  const refusal = s3ErrorOf(status === 200 ? 500 : status, answer);
  // An earlier attempt completed the upload, and only its answer was lost.
  if (attempt > 1 && completeCodes.includes(refusal.code)) return;
  throw refusal;
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; answer: string }> {
  try {
    const sentHeaders = { ...headers, "content-type": "application/xml" };
    const response = await fetch(url, { method: "POST", headers: sentHeaders, body, signal });
    return { status: response.status, answer: await response.text() };
  } catch (error) {
    const failure = signal.aborted ? undefined : networkFailure(error);
    if (!failure) throw error;
    const message = `The upload could not be completed at ${new URL(url).host}: ${failure.reason}`;
    throw new RequestError("network-error", message, { isTransient: failure.isTransient, cause: error });
  }
}

/** Aborts the upload and ignores failures: the bucket deletes the parts of unfinished uploads after a day. */
export async function abortUpload({ abort }: MultipartUpload): Promise<void> {
  const answer = fetch(abort.url, { method: "DELETE", signal: AbortSignal.timeout(abortTimeoutMs) });
  await answer.then(
    (response) => response.arrayBuffer(),
    () => {},
  );
}

function expired({ expiresAt }: MultipartUpload, cause: unknown): RequestError {
  const message = `The URLs of the upload expired at ${expiresAt} or earlier, before the whole file was sent. Send it again`;
  return new RequestError("expired", message, { cause });
}
