import { RequestError, UploadClient } from "@henkan/client";
import type { Cloud } from "@henkan/local-cloud";
import { unlessInterrupted } from "../command.ts";
import type { Retries } from "../retries.ts";
import type { NamedFile } from "../upload/named-files.ts";
import type { UploadResult } from "../upload/results.ts";
import { type UploadObserver, uploadFiles } from "../upload/upload-files.ts";
import { untilRetry } from "../upload/waiting.ts";

export interface SendThroughOptions {
  /** The folder in which the variants are saved. */
  readonly downloads: string;
  /** Reads the logs and retries of the same cloud. */
  readonly retries: Retries;
  readonly interruption: AbortSignal;
  readonly observer?: UploadObserver;
}

const filesAtOnce = 4;

/**
 * Sends files through a local cloud and saves their variants. A variant that the cloud would retry is reported as
 * failed.
 *
 * @throws the interruption's reason as soon as the command is interrupted
 */
export function sendThrough(
  cloud: Cloud,
  files: readonly NamedFile[],
  { downloads, retries, interruption, observer = {} }: SendThroughOptions,
): Promise<UploadResult[]> {
  const stop = new AbortController();
  const interrupted = new RequestError("interrupted", "Interrupted");
  interruption.addEventListener("abort", () => stop.abort(interrupted), { once: true });
  const work = uploadFiles(files, {
    client: new UploadClient(cloud.urls.api, { signal: stop.signal }),
    sentAtOnce: filesAtOnce,
    filesAtOnce,
    waiting: untilRetry((uploadId) => retries.reasonFor(uploadId)),
    downloads,
    stop,
    observer,
  });
  return unlessInterrupted(interruption, work);
}
