import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import mime from "mime";
import { RequestError, type UploadClient, type VariantStatus } from "./upload-client.ts";

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
  /** Called whenever more variants are known to be finished. */
  readonly onProgress: (finished: number, total: number) => void;
}

/** Sends one file through the pipeline and saves its variants; what goes wrong with it stands in the result. */
export async function convertFile(file: string, options: ConversionOptions): Promise<ConvertedFile> {
  const { client } = options;
  try {
    const size = await sizeOf(file);
    const filename = basename(file);
    const contentType = mime.getType(filename) ?? "application/octet-stream";
    const begin = performance.now();
    const upload = await client.create({ filename, contentType, size });
    await client.put(upload, file);
    const elapsed = new Map<string, number>();
    const status = await client.finished(upload.id, ({ variants }) => {
      const finished = variants.filter(({ state }) => state !== "pending");
      for (const { name } of finished) if (!elapsed.has(name)) elapsed.set(name, performance.now() - begin);
      options.onProgress(finished.length, variants.length);
    });
    const variants = status.variants.map(async (variant) => ({
      ...variant,
      elapsedMs: Math.round(elapsed.get(variant.name) ?? 0),
      ...(variant.url &&
        variant.state === "ready" && { path: await download(variant.name, variant.url, options.directory) }),
    }));
    return { file, id: upload.id, variants: await Promise.all(variants) };
  } catch (error) {
    if (error instanceof RequestError)
      return { file, variants: [], error: { code: error.code, message: error.message } };
    throw error;
  }
}

/** @throws {RequestError} for what is no readable file. */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new RequestError("not-found", "There is no such file");
    if (error.code === "EACCES") throw new RequestError("access-denied", "The file may not be read");
    throw error;
  });
  if (!found.isFile())
    throw new RequestError("not-a-file", "This is a directory or device: name the files in it");
  return found.size;
}

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
