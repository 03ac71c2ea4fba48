import {
  type CreatedUpload,
  hasExpired,
  RequestError,
  SourceFile,
  type UploadClient,
  type UploadStatus,
} from "@henkan/client";
import type { SentUploads } from "./sent-uploads.ts";

/** The record of earlier uploads to one API. */
export interface UploadMemory {
  readonly api: string;
  readonly sentUploads: SentUploads;
  /** Sends a file even if it has been sent before. */
  readonly again: boolean;
}

export interface SendOptions {
  readonly client: UploadClient;
  /** Finds what was sent earlier. @default every file is sent, and nothing is remembered */
  readonly memory?: UploadMemory | undefined;
  readonly onProgress: (sentBytes: number, bytes: number) => void;
}

export interface SentFile {
  readonly bytes: number;
  /** True when it was sent now; false when it had arrived before. */
  readonly isNew: boolean;
  /** The state of its variants so far. */
  readonly status: UploadStatus;
}

/**
 * Sends a file unless the pipeline has it already.
 *
 * @throws {RequestError}
 */
export async function sendFile(path: string, options: SendOptions): Promise<SentFile> {
  const source = await SourceFile.open(path);
  try {
    const { bytes } = source;
    const earlier = await earlierUpload(source, options);
    if (earlier) return { bytes, isNew: false, status: earlier };
    const { id, variants } = await send(source, options);
    const pending = variants.map(({ name, url }) => ({ name, state: "pending", url }) as const);
    return { bytes, isNew: true, status: { id, state: "converting", variants: pending } };
  } finally {
    await source.close();
  }
}

async function earlierUpload(
  source: SourceFile,
  { client, memory }: SendOptions,
): Promise<UploadStatus | undefined> {
  if (!memory || memory.again) return undefined;
  const id = memory.sentUploads.find(memory.api, source);
  if (id === undefined) return undefined;
  return client.status(id).catch((error: Error) => {
    // The upload never arrived, or it was deleted.
    if (error instanceof RequestError && error.code === "not-found") return undefined;
    throw error;
  });
}

/** Sends the file, and once again with a new URL when the presigned one has expired. */
async function send(source: SourceFile, options: SendOptions): Promise<CreatedUpload> {
  try {
    return await sendOnce(source, options);
  } catch (error) {
    if (!hasExpired(error)) throw error;
    return await sendOnce(source, options);
  }
}

async function sendOnce(
  source: SourceFile,
  { client, memory, onProgress }: SendOptions,
): Promise<CreatedUpload> {
  const upload = await client.createFor(source);
  // Recorded before the bytes are sent, so that the next run finds them if this process is killed after their arrival.
  memory?.sentUploads.record(memory.api, source, upload.id);
  await client.put(upload, source, { onProgress: (sentBytes) => onProgress(sentBytes, source.bytes) });
  return upload;
}
