import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { networkFailure } from "./network-failure.ts";
import { RequestError } from "./request-error.ts";

/** What is sent, from the beginning each time it is read. */
export interface Body {
  readonly bytes: number;
  read(): AsyncIterable<Buffer>;
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of the file that have been sent so far; fewer than before when it is sent again. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

export interface PutAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** How long S3 may take to say "go on": curl's, as some proxies never say it. */
const continueMs = 1_000;
const idleMs = 60_000;

/**
 * Makes one PUT. fetch tells nothing of its progress, so this is node:http.
 *
 * @throws {RequestError} `network-error`, or what reading the body throws
 */
export async function putBody(
  { url, headers = {} }: { readonly url: string; readonly headers?: Readonly<Record<string, string>> },
  body: Body,
  { signal, onProgress = () => {} }: TransferOptions,
): Promise<PutAnswer> {
  const start = url.startsWith("https:") ? httpsRequest : httpRequest;
  // S3 can then refuse an expired URL before the body is on its way,
  // https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonRequestHeaders.html
  const sentHeaders = { ...headers, "content-length": body.bytes, expect: "100-continue" };
  const request = start(url, { method: "PUT", headers: sentHeaders, signal });
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

/** Writes the body as fast as it is taken, and no further once the answer is there. */
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
