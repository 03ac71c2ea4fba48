import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { PutUpload } from "../handlers/upload-api/presigned-put.ts";
import { withRetries } from "./backoff.ts";
import { networkFailure } from "./network-failure.ts";
import { RequestError, s3ErrorOf } from "./request-error.ts";
import type { SourceFile } from "./source-file.ts";

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of the file that have been sent so far; fewer than before when it is sent again. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

/** How long S3 may take to say "go on": curl's, as some proxies never say it. */
const continueMs = 1_000;
const idleMs = 60_000;

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
    const { status, body } = await send(upload, source, { signal, onProgress }).catch((error) => {
      const failure = signal?.aborted ? undefined : networkFailure(error);
      if (!failure) throw error;
      const { reason, isTransient } = failure;
      const message = `The file could not be sent to ${new URL(upload.url).host}: ${reason}`;
      throw new RequestError("network-error", message, { isTransient, cause: error });
    });
    // A second PUT is refused because the first one has arrived and only its answer was lost.
    const hasArrived = status < 300 || (status === 412 && attempt > 1);
    if (!hasArrived) throw s3ErrorOf(status, body);
    onProgress(source.bytes);
  }, signal);
}

/** One try. fetch tells nothing of its progress, so this is node:http. */
async function send(
  { url, method, headers }: PutUpload,
  source: SourceFile,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal | undefined; onProgress: (sentBytes: number) => void },
): Promise<{ status: number; body: string }> {
  const start = url.startsWith("https:") ? httpsRequest : httpRequest;
  // S3 can then refuse an expired URL before the file is on its way,
  // https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonRequestHeaders.html
  const sentHeaders = { ...headers, "content-length": source.bytes, expect: "100-continue" };
  const request = start(url, { method, headers: sentHeaders, signal });
  request.setTimeout(idleMs, () => {
    request.destroy(Object.assign(new Error("No answer"), { code: "ETIMEDOUT" }));
  });
  const answer = once(request, "response") as Promise<[IncomingMessage]>;
  const answered = answer.then(() => "answered" as const);
  // Until the answer is there errors reject it; later ones, such as a body that S3 no longer takes, change nothing.
  request.on("error", () => {});
  try {
    const goAhead = once(request, "continue");
    const patience = setTimeout(continueMs, undefined, { ref: false });
    const next = await Promise.race([goAhead, patience, answered]);
    if (next !== "answered") await write(request, source, answered, onProgress);
    const [response] = await answer;
    return { status: response.statusCode ?? 0, body: await text(response) };
  } finally {
    if (!request.writableFinished) request.destroy();
  }
}

/** Writes the body as fast as it is taken, and no further once the answer is there. */
async function write(
  request: ClientRequest,
  source: SourceFile,
  answered: Promise<"answered">,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  let sentBytes = 0;
  for await (const chunk of source.read()) {
    if (!request.write(chunk)) {
      const next = await Promise.race([once(request, "drain"), answered]);
      if (next === "answered") return;
    }
    sentBytes += chunk.length;
    onProgress(sentBytes);
  }
  request.end();
}
