import type { MultipartUpload, UploadPart } from "../../contract/upload-api.ts";
import { withRetries } from "./backoff.ts";
import { forEachConcurrently } from "./concurrency.ts";
import { networkFailure } from "./network-failure.ts";
import { putBody, type TransferOptions } from "./put-body.ts";
import { hasExpired, RequestError, s3ErrorOf } from "./request-error.ts";
import type { SourceFile } from "./source-file.ts";

export interface MultipartOptions extends TransferOptions {
  /** Parts on their way at a time. */
  readonly concurrency?: number;
}

/** The network may be away for a quarter of a minute: much has been sent that would be lost. */
const maxAttempts = 12;
const abortTimeoutMs = 10_000;

/** Answers to the completion of an upload that is complete already. */
const completeCodes = ["PreconditionFailed", "NoSuchUpload"];

/**
 * Sends a file part by part, several at a time, straight from disk; parts that break on the way are sent again. When
 * it fails or `signal` ends it, S3 forgets the parts that have arrived.
 *
 * @throws {RequestError} with S3's error code, for example `NoSuchUpload`, or `network-error`, `file-changed`, `expired`
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
        // The others end as well, and what S3 has is dropped only when none is on its way any more.
        failure.abort(error);
        return "";
      }
    });
    ended.throwIfAborted();
    await source.assertUnchanged();
    const document = completionOf(upload.parts, etags);
    await retrying((attempt) => complete(upload.complete, document, { attempt, signal: ended }));
  } catch (error) {
    await giveUp(upload);
    signal?.throwIfAborted();
    throw hasExpired(error) ? expired(upload, error) : error;
  }
}

function checkSize({ parts }: MultipartUpload, source: SourceFile): void {
  const announced = parts.reduce((sum, { size }) => sum + size, 0);
  if (source.bytes === announced) return;
  const message = `The file has ${source.bytes} bytes, but ${announced} were announced; send it again`;
  throw new RequestError("file-changed", message);
}

/**
 * Retries where it may help: an S3 that has been reached once is there, so that whatever keeps a later request from
 * it passes.
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

/** Resolves with the part's ETag. */
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
  throw new RequestError("no-etag", `S3 took part ${partNumber} and gave no ETag for it`);
}

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
  // S3 answers 200 before it is done, and says in the document how it went:
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
  if (status === 200 && answer.includes("<CompleteMultipartUploadResult")) return;
  const refusal = s3ErrorOf(status === 200 ? 500 : status, answer);
  // An earlier attempt has completed it and only its answer was lost.
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

/** What is not dropped now, as the network may be what failed, the bucket drops by itself after a day. */
export async function giveUp({ abort }: MultipartUpload): Promise<void> {
  const answer = fetch(abort.url, { method: "DELETE", signal: AbortSignal.timeout(abortTimeoutMs) });
  await answer.then(
    (response) => response.arrayBuffer(),
    () => {},
  );
}

function expired({ expiresAt }: MultipartUpload, cause: unknown): RequestError {
  const message = `The URLs of the upload expired, at ${expiresAt} or before, when not all of the file was sent; send it again`;
  return new RequestError("expired", message, { cause });
}
