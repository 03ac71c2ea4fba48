import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import mime from "mime";
import type { VariantStatus } from "../handlers/upload-api/upload-status.ts";
import { userPath } from "./command.ts";
import { RequestError, type UploadClient, type UploadStatus } from "./upload-client.ts";

/** What became of one variant of a file. */
export interface ConvertedVariant extends VariantStatus {
  /** Milliseconds from the start of the upload until the API called the variant finished. */
  readonly elapsedMs: number;
  /** Where it was saved, when it is ready. */
  readonly path?: string;
}

/** What became of one file. */
export interface ConvertedFile {
  readonly file: string;
  readonly id?: string;
  readonly variants: readonly ConvertedVariant[];
  /** Why nothing could be converted. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface ConversionOptions {
  readonly client: UploadClient;
  /** Folder of this file's variants. */
  readonly directory: string;
  /** Why the pipeline will try this upload again, once it has failed on it. */
  readonly retryReason: (uploadId: string) => string | undefined;
  /** Called whenever more variants are known to be finished. */
  readonly onProgress: (finished: number, total: number) => void;
}

/** Sends one file, a path as the user typed it, through the pipeline and saves its variants; what goes wrong with it stands in the result. */
export async function convertFile(file: string, options: ConversionOptions): Promise<ConvertedFile> {
  const { client } = options;
  try {
    const path = userPath(file);
    const size = await sizeOf(path);
    const filename = basename(path);
    const contentType = mime.getType(filename) ?? "application/octet-stream";
    const begin = performance.now();
    const upload = await client.create({ filename, contentType, size });
    await client.put(upload, path);
    const elapsed = new Map<string, number>();
    const status = await client.finished(
      upload.id,
      ({ variants }) => {
        const finished = variants.filter(({ state }) => state !== "pending");
        for (const { name } of finished) if (!elapsed.has(name)) elapsed.set(name, performance.now() - begin);
        options.onProgress(finished.length, variants.length);
      },
      stopsAfterFailure(() => options.retryReason(upload.id) !== undefined),
    );
    const reason = options.retryReason(upload.id) ?? "the conversion did not finish";
    const variants = status.variants.map(async (variant): Promise<ConvertedVariant> => {
      const elapsedMs = Math.round(elapsed.get(variant.name) ?? performance.now() - begin);
      if (variant.state === "pending") {
        return {
          ...variant,
          state: "failed",
          error: { code: "conversion-error", message: reason },
          elapsedMs,
        };
      }
      if (variant.state === "failed" || !variant.url) return { ...variant, elapsedMs };
      return { ...variant, elapsedMs, path: await download(variant.name, variant.url, options.directory) };
    });
    return { file, id: upload.id, variants: await Promise.all(variants) };
  } catch (error) {
    return { file, variants: [], error: describeFailure(error) };
  }
}

/** Time for the other converters to finish a file that one of them failed on. */
const graceMs = 3_000;

/** A retry comes after minutes: waiting ends when nothing has changed for a while since a failure. */
function stopsAfterFailure(hasFailed: () => boolean): (status: UploadStatus) => boolean {
  let pending = Number.POSITIVE_INFINITY;
  let changedAt = 0;
  return ({ variants }) => {
    const stillPending = variants.filter(({ state }) => state === "pending").length;
    if (stillPending < pending || !hasFailed()) changedAt = performance.now();
    pending = stillPending;
    return performance.now() - changedAt > graceMs;
  };
}

/** @throws what is no failure of this file but of the program. */
function describeFailure(error: unknown): { code: string; message: string } {
  if (error instanceof RequestError) return { code: error.code, message: error.message };
  // fetch wraps what went wrong: a refused connection, a file that changed while it was read.
  const wrapped = error instanceof TypeError && error.cause instanceof Error ? error.cause : undefined;
  const { code, message } = (wrapped ?? error) as NodeJS.ErrnoException;
  if (typeof code === "string") return { code, message };
  if (wrapped) return { code: "network-error", message };
  throw error;
}

/** @throws {RequestError} for what is no readable file. */
async function sizeOf(file: string): Promise<number> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    const known = unreadable[error.code ?? ""];
    throw known ? new RequestError(...known) : error;
  });
  try {
    const found = await handle.stat();
    if (!found.isFile())
      throw new RequestError("not-a-file", "This is a directory or device: name the files in it");
    return found.size;
  } finally {
    await handle.close();
  }
}

const unreadable: Readonly<Record<string, [code: string, message: string]>> = {
  ENOENT: ["not-found", "There is no such file"],
  ENOTDIR: ["not-found", "There is no such file: part of its path is no directory"],
  EACCES: ["access-denied", "The file may not be read"],
};

/** Saves a variant under its own name; a file with that name appears only when it is whole. */
async function download(variant: string, url: string, directory: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok || !response.body)
    throw new RequestError(`http-${response.status}`, `The CDN refused ${url}`);
  const name = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  const path = join(directory, variant, name);
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(partial));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return path;
}
