import {
  type CreatedUpload,
  describeFailure,
  downloadVariant,
  type Failure,
  SourceFile,
  type UploadClient,
  type UploadStatus,
} from "@henkan/client";
import type { VariantStatus } from "../../contract/upload-api.ts";
import { userPath } from "./command.ts";

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
  readonly error?: Failure;
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
    const { upload, begin } = await send(userPath(file), client);
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
      const { name, state, url } = variant;
      if (state === "failed" || !url) return { ...variant, elapsedMs };
      const { directory } = options;
      return { ...variant, elapsedMs, path: await downloadVariant({ name, url }, { directory }) };
    });
    return { file, id: upload.id, variants: await Promise.all(variants) };
  } catch (error) {
    return { file, variants: [], error: describeFailure(error) };
  }
}

async function send(path: string, client: UploadClient): Promise<{ upload: CreatedUpload; begin: number }> {
  const source = await SourceFile.open(path);
  try {
    const begin = performance.now();
    const upload = await client.createFor(source);
    await client.put(upload, source);
    return { upload, begin };
  } finally {
    await source.close();
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
