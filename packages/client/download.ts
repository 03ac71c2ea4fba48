import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { safeName } from "../../contract/safe-name.ts";
import { withRetries } from "./backoff.ts";
import { networkFailure } from "./network-failure.ts";
import { isTransientStatus, RequestError } from "./request-error.ts";

type Content = AsyncIterable<Uint8Array>;

export interface DownloadOptions {
  /** The folder to which the variants of one upload are saved. It is created when it does not exist. */
  readonly directory: string;
  /** Ends the download. The promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Saves a variant as `{directory}/{variant}/{stem}.{ext}`, with the file name at the end of its URL. The file appears when
 * it is complete. Transient failures are retried.
 *
 * @returns the path of the file
 * @throws {RequestError} `http-…`, `network-error`, `disk-full` or `not-saved`
 * @example
 * await downloadVariant({ name: "thumbnail", url }, { directory: "out/garden" }); // out/garden/thumbnail/garden.jpg
 */
export async function downloadVariant(
  { name, url }: { readonly name: string; readonly url: string },
  { directory, signal }: DownloadOptions,
): Promise<string> {
  const filename = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  const path = join(directory, safeName(name), safeName(filename));
  await withRetries(async () => {
    try {
      await saveFile(path, () => fetchBody(url, signal), signal);
    } catch (error) {
      const failure = signal?.aborted ? undefined : networkFailure(error);
      if (!failure) throw error;
      const { reason, isTransient } = failure;
      const message = `${url} could not be downloaded: ${reason}`;
      throw new RequestError("network-error", message, { isTransient, cause: error });
    }
  }, signal);
  return path;
}

async function fetchBody(url: string, signal: AbortSignal | undefined): Promise<Content> {
  const { ok, status, body } = await fetch(url, { signal: signal ?? null });
  if (ok && body) return body;
  await body?.cancel();
  const hint = status === 403 ? ": with henkan:signedUrls, its links must be signed" : "";
  // The CDN caches a 404 for a second after a request that came before the file.
  const isTransient = isTransientStatus(status) || status === 404;
  throw new RequestError(`http-${status}`, `The CDN answered ${status} to ${url}${hint}`, { isTransient });
}

/**
 * Writes a file that appears under its name only when it is complete.
 *
 * @param receive returns the contents. It is not called when the folder cannot be created.
 * @throws {RequestError} `disk-full` or `not-saved`
 */
export async function saveFile(
  path: string,
  receive: () => Promise<Content>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeComplete(path, await receive(), signal);
  } catch (error) {
    throw saveError(path, error) ?? error;
  }
}

async function writeComplete(path: string, content: Content, signal: AbortSignal | undefined): Promise<void> {
  // A name of its own, since the final one may already have the maximum length.
  const partial = join(dirname(path), `.${randomUUID()}.partial`);
  try {
    // Opened here, since a stream that opens its own file may do so after the cleanup below.
    const file = await open(partial, "wx");
    await pipeline(content, file.createWriteStream(), { signal });
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

const fullDisk = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Returns the error of a file that could not be written, or undefined when `error` is not about the file. */
function saveError(path: string, error: unknown): RequestError | undefined {
  const { code = "", message, syscall } = error as NodeJS.ErrnoException;
  if (fullDisk.has(code)) {
    const sentence = `${path} could not be saved because the disk is full (${code}). No part of it was kept. Free some space and run the command again`;
    return new RequestError("disk-full", sentence, { cause: error });
  }
  const ofFile = syscall !== undefined && /^(open|write|mkdir|rename|close)$/.test(syscall);
  if (!ofFile || code === "EPIPE") return undefined;
  return new RequestError("not-saved", `${path} could not be saved: ${message}`, { cause: error });
}
