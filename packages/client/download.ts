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
  /** Folder of the file's variants. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Saves a variant as `{directory}/{variant}/{stem}.{ext}`, under the name its URL ends in, and returns the path.
 *
 * @throws {RequestError} `http-…`, `network-error`, `disk-full` or `not-saved`
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
  const hint = status === 403 ? ": with henkan:signedUrls its links have to be signed" : "";
  // The CDN remembers for a second what was asked for too early.
  const isTransient = isTransientStatus(status) || status === 404;
  throw new RequestError(`http-${status}`, `The CDN answered ${status} to ${url}${hint}`, { isTransient });
}

/**
 * Writes a file that appears under its name only when it is whole; `receive` is not called when it has no place.
 *
 * @throws {RequestError} `disk-full` or `not-saved`
 */
export async function saveFile(
  path: string,
  receive: () => Promise<Content>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, await receive(), signal);
  } catch (error) {
    throw unsaved(path, error) ?? error;
  }
}

async function writeWhole(path: string, content: Content, signal: AbortSignal | undefined): Promise<void> {
  // A short name, as the final one may be as long as names can be.
  const partial = join(dirname(path), `.${randomUUID()}.partial`);
  try {
    // Opened first: a stream that opens its own file can do so after its failure has been cleaned up.
    const file = await open(partial, "wx");
    await pipeline(content, file.createWriteStream(), { signal });
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

const fullDisk = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function unsaved(path: string, error: unknown): RequestError | undefined {
  const { code = "", message, syscall } = error as NodeJS.ErrnoException;
  if (fullDisk.has(code)) {
    const sentence = `${path} could not be saved, as the disk is full (${code}); nothing of it was left. Make room and run the command again`;
    return new RequestError("disk-full", sentence, { cause: error });
  }
  const ofFile = syscall !== undefined && /^(open|write|mkdir|rename|close)$/.test(syscall);
  if (!ofFile || code === "EPIPE") return undefined;
  return new RequestError("not-saved", `${path} could not be saved: ${message}`, { cause: error });
}
