import type { MultipartUpload } from "../handlers/upload-api/presigned-put.ts";
import { withRetries } from "./backoff.ts";
import { forEachConcurrently } from "./concurrency.ts";
import { networkFailure } from "./network-failure.ts";
import { RequestError, s3ErrorOf } from "./request-error.ts";
import { sendBody, type TransferOptions } from "./send-body.ts";
import type { SourceFile } from "./source-file.ts";

type Part = MultipartUpload["parts"][number];

export interface MultipartOptions extends TransferOptions {
  /** Parts on their way at a time. */
  readonly concurrency?: number;
}

const abortTimeoutMs = 10_000;

/** Answers to the completion of an upload that is complete already. */
const completeCodes = ["PreconditionFailed", "NoSuchUpload"];

/**
 * Sends a file part by part, several at a time, straight from disk; parts that break on the way are sent again. When
 * it fails or `signal` ends it, S3 forgets the parts that have arrived.
 *
 * @throws {RequestError} with S3's error code, for example `AccessDenied`, or `network-error`, or `file-changed`
 */
export async function putMultipart(
  upload: MultipartUpload,
  source: SourceFile,
  { signal, onProgress = () => {}, concurrency = 4 }: MultipartOptions = {},
): Promise<void> {
  const failure = new AbortController();
  const ended = AbortSignal.any(signal ? [signal, failure.signal] : [failure.signal]);
  const sent = new Map<number, number>();
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
        return await putPart(part, source, start, { signal: ended, onProgress: onPart });
      } catch (error) {
        // The others end as well, and what S3 has is dropped only when none is on its way any more.
        failure.abort(error);
        return "";
      }
    });
    ended.throwIfAborted();
    await source.assertUnchanged();
    await complete(upload, etags, ended);
  } catch (error) {
    await giveUp(upload);
    signal?.throwIfAborted();
    throw error;
  }
}

function checkSize({ parts }: MultipartUpload, source: SourceFile): void {
  const announced = parts.reduce((sum, { size }) => sum + size, 0);
  if (source.bytes === announced) return;
  const message = `The file has ${source.bytes} bytes, but ${announced} were announced; send it again`;
  throw new RequestError("file-changed", message);
}

/** Resolves with the part's ETag. */
function putPart(
  { partNumber, size, url }: Part,
  source: SourceFile,
  start: number,
  options: TransferOptions & { readonly signal: AbortSignal },
): Promise<string> {
  const body = { bytes: size, read: () => source.read({ start, bytes: size }) };
  return withRetries(async () => {
    const { status, etag, body: document } = await sendBody({ url }, body, options);
    if (status >= 300) throw s3ErrorOf(status, document);
    if (etag) return etag;
    throw new RequestError("no-etag", `S3 took part ${partNumber} and gave no ETag for it`);
  }, options.signal);
}

async function complete(
  { parts, complete: { url, headers } }: MultipartUpload,
  etags: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const listed = parts.map(
    ({ partNumber }, index) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etags[index]}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
  await withRetries(async (attempt) => {
    const { status, document } = await post(url, headers, body, signal);
    // S3 answers 200 before it is done, and says in the document how it went:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    if (status === 200 && document.includes("<CompleteMultipartUploadResult")) return;
    const refusal = s3ErrorOf(status === 200 ? 500 : status, document);
    // An earlier attempt has completed it and only its answer was lost.
    if (attempt > 1 && completeCodes.includes(refusal.code)) return;
    throw refusal;
  }, signal);
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; document: string }> {
  try {
    const sentHeaders = { ...headers, "content-type": "application/xml" };
    const response = await fetch(url, { method: "POST", headers: sentHeaders, body, signal });
    return { status: response.status, document: await response.text() };
  } catch (error) {
    const failure = signal.aborted ? undefined : networkFailure(error);
    if (!failure) throw error;
    const message = `The upload could not be completed at ${new URL(url).host}: ${failure.reason}`;
    throw new RequestError("network-error", message, { isTransient: failure.isTransient, cause: error });
  }
}

/** What is not dropped now, as the network may be what failed, the bucket drops by itself after a day. */
async function giveUp({ abort }: MultipartUpload): Promise<void> {
  const answer = fetch(abort.url, { method: "DELETE", signal: AbortSignal.timeout(abortTimeoutMs) });
  await answer.then(
    (response) => response.arrayBuffer(),
    () => {},
  );
}
