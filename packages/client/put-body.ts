import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { networkFailure } from "./network-failure.ts";
import { RequestError } from "./request-error.ts";

/** The body of a request. */
export interface Body {
  readonly bytes: number;
  /** Returns the bytes from the beginning, at every call. */
  read(): AsyncIterable<Buffer>;
}

export interface TransferOptions {
  /** Ends the transfer. The promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the number of bytes sent so far. After a retry it is smaller than before. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

/** S3's answer to a PUT. */
export interface PutAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** How long to wait for "100 Continue", as curl does. Some proxies never send it. */
const continueMs = 1_000;
const idleMs = 60_000;

/**
 * Makes one PUT with node:http, since fetch does not report progress.
 *
 * @throws {RequestError} `network-error`, or the error of reading the body
 */
export async function putBody(
  { url, headers = {} }: { readonly url: string; readonly headers?: Readonly<Record<string, string>> },
  body: Body,
  { signal, onProgress = () => {} }: TransferOptions,
): Promise<PutAnswer> {
  const start = url.startsWith("https:") ? httpsRequest : httpRequest;
  // With "expect", S3 can refuse an expired URL before the body is sent,
  // https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonRequestHeaders.html
  const sentHeaders = { ...headers, "content-length": body.bytes, expect: "100-continue" };
  const request = start(url, { method: "PUT", headers: sentHeaders, signal });
  request.setTimeout(idleMs, () => {
    request.destroy(Object.assign(new Error("No answer"), { code: "ETIMEDOUT" }));
  });
  const answer = once(request, "response") as Promise<[IncomingMessage]>;
  const answered = answer.then(() => "answered" as const);
  // Errors before the answer reject it. Later ones, such as a body that S3 no longer reads, change nothing.
  request.on("error", () => {});
  try {
    const goAhead = once(request, "continue");
    const patience = setTimeout(continueMs, undefined, { ref: false });
    const next = await Promise.race([goAhead, patience, answered]);
    if (next !== "answered") await write(request, body, answered, onProgress);
    const [response] = await answer;
    return { status: response.statusCode ?? 0, etag: response.headers.etag, body: await text(response) };
  } catch (error) {
    const failure = signal?.aborted ? undefined : networkFailure(error);
    if (!failure) throw error;
    const message = `The file could not be sent to ${new URL(url).host}: ${failure.reason}`;
    throw new RequestError("network-error", message, { isTransient: failure.isTransient, cause: error });
  } finally {
    if (!request.writableFinished) request.destroy();
  }
}

/** Writes the body as fast as the server reads it, and stops when the answer is there. */
async function write(
  request: ClientRequest,
  body: Body,
  answered: Promise<"answered">,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  let sentBytes = 0;
  for await (const chunk of body.read()) {
    if (!request.write(chunk)) {
      const next = await Promise.race([once(request, "drain"), answered]);
      if (next === "answered") return;
    }
    sentBytes += chunk.length;
    onProgress(sentBytes);
  }
  request.end();
}
