import { join } from "node:path";
import { ApiAccessError, describeFailure, downloadVariant, limiter, type UploadStatus } from "@henkan/client";
import type { NamedFile } from "./named-files.ts";
import type { ResultVariant, UploadResult } from "./results.ts";
import { type SendOptions, sendFile } from "./send-file.ts";
import type { Waiting } from "./waiting.ts";

/** The callbacks that report the progress of files. */
export interface UploadObserver {
  /** Called before a file is announced to the API. */
  onStart?(file: NamedFile): void;
  /** Called as bytes are sent, and once all of them have arrived. */
  onSent?(file: NamedFile, sentBytes: number, bytes: number): void;
  /** Called with everything that becomes known of an upload. */
  onStatus?(file: NamedFile, status: UploadStatus): void;
  /** Called once for each file, when nothing more will happen to it. */
  onResult?(file: NamedFile, result: UploadResult): void;
}

export interface UploadFilesOptions extends Omit<SendOptions, "onProgress"> {
  /** The number of files that are sent at the same time. */
  readonly sentAtOnce: number;
  /** The number of files on their way at the same time, from the announcement to the last download. @default all */
  readonly filesAtOnce?: number;
  /** Decides how long to wait for the variants of an upload. @default they are not waited for */
  readonly waiting?: ((uploadId: string) => Waiting) | undefined;
  /** The folder in which the variants are saved, below the folder of each file. @default they are not saved */
  readonly downloads?: string | undefined;
  /** Stops all files. It is aborted here, too, when no other file could succeed. */
  readonly stop: AbortController;
  readonly observer: UploadObserver;
}

/** The number of uploads that are asked for their status at the same time. */
const followedAtOnce = 16;
const downloadsAtOnce = 6;

/**
 * Sends files, and waits for their variants and saves them if asked to. The result of a file contains
 * its error; the other files continue.
 */
export function uploadFiles(
  files: readonly NamedFile[],
  options: UploadFilesOptions,
): Promise<UploadResult[]> {
  const limits = {
    files: limiter(options.filesAtOnce ?? files.length),
    sending: limiter(options.sentAtOnce),
    following: limiter(followedAtOnce),
    downloading: limiter(downloadsAtOnce),
  };
  const runs = files.map((file) => limits.files(() => new FileUpload(file, options, limits).run()));
  return Promise.all(runs).catch((error) => {
    options.stop.abort(error);
    throw error;
  });
}

type Limit = ReturnType<typeof limiter>;
interface Limits {
  readonly sending: Limit;
  readonly following: Limit;
  readonly downloading: Limit;
}

/** One file on its way. */
class FileUpload {
  readonly #named: NamedFile;
  readonly #options: UploadFilesOptions;
  readonly #limits: Limits;
  #result: UploadResult;

  constructor(named: NamedFile, options: UploadFilesOptions, limits: Limits) {
    this.#named = named;
    this.#options = options;
    this.#limits = limits;
    this.#result = { file: named.file, sent: false, variants: [] };
  }

  async run(): Promise<UploadResult> {
    const { stop, observer } = this.#options;
    try {
      await this.#go();
    } catch (error) {
      if (error instanceof ApiAccessError) stop.abort(error);
      const reason = stop.signal.aborted ? stop.signal.reason : error;
      this.#result = { ...this.#result, error: describeFailure(reason) };
    }
    observer.onResult?.(this.#named, this.#result);
    return this.#result;
  }

  async #go(): Promise<void> {
    const { waiting, downloads } = this.#options;
    const { sending, following } = this.#limits;
    await sending(() => this.#send());
    if (waiting) await following(() => this.#follow(waiting));
    if (downloads !== undefined) await this.#download(join(downloads, this.#named.folder));
  }

  async #send(): Promise<void> {
    const { client, memory, stop, observer } = this.#options;
    stop.signal.throwIfAborted();
    observer.onStart?.(this.#named);
    const { bytes, isNew, status } = await sendFile(this.#named.path, {
      client,
      memory,
      onProgress: (sentBytes, bytes) => observer.onSent?.(this.#named, sentBytes, bytes),
    });
    observer.onSent?.(this.#named, bytes, bytes);
    this.#result = { ...this.#result, bytes, sent: isNew };
    this.#know(status);
  }

  async #follow(waiting: (uploadId: string) => Waiting): Promise<void> {
    const { id = "", state } = this.#result;
    if (state !== "converting") return;
    const { client, stop } = this.#options;
    stop.signal.throwIfAborted();
    const wait = waiting(id);
    const status = await client.finished(
      id,
      (status) => this.#know(status),
      (status) => wait.isOver(status),
    );
    if (status.state === "converting") this.#know(wait.conclude(status));
  }

  async #download(directory: string): Promise<void> {
    const { signal } = this.#options.stop;
    const variants = await Promise.allSettled(
      this.#result.variants.map((variant) =>
        this.#limits.downloading(async (): Promise<ResultVariant> => {
          const { name, state, url } = variant;
          if (state !== "ready" || !url) return variant;
          signal.throwIfAborted();
          return { ...variant, path: await downloadVariant({ name, url }, { directory, signal }) };
        }),
      ),
    );
    const saved = this.#result.variants.map((variant, index) => {
      const outcome = variants[index];
      return outcome?.status === "fulfilled" ? outcome.value : variant;
    });
    this.#result = { ...this.#result, variants: saved };
    for (const outcome of variants) if (outcome.status === "rejected") throw outcome.reason;
  }

  #know(status: UploadStatus): void {
    const { id, state, variants } = status;
    this.#result = { ...this.#result, id, state, variants };
    this.#options.observer.onStatus?.(this.#named, status);
  }
}
