import { join } from "node:path";
import {
  ApiAccessError,
  describeFailure,
  downloadVariant,
  limiter,
  RequestError,
  type UploadStatus,
} from "@henkan/client";
import type { NamedFile } from "./named-files.ts";
import type { ResultVariant, UploadResult } from "./results.ts";
import { type SendOptions, sendFile } from "./send-file.ts";
import type { Transfer, TransferDisplay } from "./transfer-display.ts";

export interface UploadFilesOptions extends Omit<SendOptions, "onProgress"> {
  /** Files sent at once. */
  readonly concurrency: number;
  /** How long a file may take from its arrival until its last variant, when they are waited for. */
  readonly waitMs: number | undefined;
  /** Where the variants are saved. */
  readonly downloads: string | undefined;
  /** Ends it all; aborted here too, when no other file would fare better. */
  readonly stop: AbortController;
  readonly display: TransferDisplay;
  /** Called as each file is done, with the lines to show for it. */
  readonly onResult: (result: UploadResult) => readonly string[];
}

/** Files whose conversion is asked after at once. */
const followedAtOnce = 16;
const downloadsAtOnce = 6;

/** Sends the files, and follows each of them as far as asked; what goes wrong with one stands in its result. */
export function uploadFiles(
  files: readonly NamedFile[],
  options: UploadFilesOptions,
): Promise<UploadResult[]> {
  const limits = {
    sending: limiter(options.concurrency),
    following: limiter(followedAtOnce),
    downloading: limiter(downloadsAtOnce),
  };
  return Promise.all(files.map((file) => new FileUpload(file, options, limits).run())).catch((error) => {
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

/** One file's way. */
class FileUpload {
  readonly #named: NamedFile;
  readonly #options: UploadFilesOptions;
  readonly #limits: Limits;
  #result: UploadResult;
  #transfer: Transfer | undefined;

  constructor(named: NamedFile, options: UploadFilesOptions, limits: Limits) {
    this.#named = named;
    this.#options = options;
    this.#limits = limits;
    this.#result = { file: named.file, sent: false, variants: [] };
  }

  async run(): Promise<UploadResult> {
    const { stop, display, onResult } = this.#options;
    try {
      await this.#go();
    } catch (error) {
      if (error instanceof ApiAccessError) stop.abort(error);
      const reason = stop.signal.aborted ? stop.signal.reason : error;
      this.#result = { ...this.#result, error: describeFailure(reason) };
    }
    display.finish(this.#transfer, onResult(this.#result));
    return this.#result;
  }

  async #go(): Promise<void> {
    const { waitMs, downloads } = this.#options;
    const { sending, following } = this.#limits;
    await sending(() => this.#send());
    if (waitMs !== undefined) await following(() => this.#follow(waitMs));
    if (downloads !== undefined) await this.#download(join(downloads, this.#named.folder));
  }

  async #send(): Promise<void> {
    const { stop, display, ...options } = this.#options;
    stop.signal.throwIfAborted();
    const { bytes, isNew, status } = await sendFile(this.#named.path, {
      ...options,
      onProgress: (sentBytes, bytes) => {
        this.#transfer ??= display.start(this.#named.file, bytes);
        this.#transfer.sentBytes = sentBytes;
      },
    });
    this.#transfer ??= display.start(this.#named.file, bytes);
    this.#transfer.sentBytes = bytes;
    this.#result = { ...this.#result, bytes, sent: isNew };
    this.#know(status);
  }

  async #follow(waitMs: number): Promise<void> {
    const { id = "", state } = this.#result;
    if (state !== "converting") return;
    const { client, stop } = this.#options;
    stop.signal.throwIfAborted();
    const end = performance.now() + waitMs;
    const status = await client.finished(
      id,
      (status) => this.#know(status),
      () => performance.now() > end,
    );
    if (status.state === "converting") throw unfinished(id, waitMs);
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

  #know({ id, state, variants }: UploadStatus): void {
    this.#result = { ...this.#result, id, state, variants };
    const finished = variants.filter((variant) => variant.state !== "pending").length;
    if (this.#transfer) this.#transfer.stage = `converting: ${finished} of ${variants.length} variants`;
  }
}

export function unfinished(id: string, waitMs: number): RequestError {
  return new RequestError(
    "timeout",
    `It has not been converted within ${waitMs / 1000} seconds. Wait on with npm run henkan -- status ${id} --wait`,
  );
}
