import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CreatedUpload, putMultipart, RequestError, SourceFile } from "@henkan/client";
import type { MultipartUpload, PutUpload } from "../../contract/upload-api.ts";
import type { MixedUpload } from "./upload-mix.ts";

const retryMs = 100;
const putAttempts = 4;
/** Total time that a client tries: long enough that a busy machine does not look like a lost upload. */
const clientPatienceMs = 300_000;

export interface ClientOptions {
  /** Returns the current URL of the API, which changes when the cloud is started again. */
  readonly apiUrl: () => string;
  /** Returns a signal that aborts when the current cloud ends, because its signatures are then invalid. */
  readonly cloudEnded: () => AbortSignal;
  readonly interruption: AbortSignal;
}

export interface Accepted {
  readonly id: string;
  /** Number of parts; undefined for a single PUT. */
  readonly parts?: number;
  /** Ids of earlier attempts in clouds that were killed, whose uploads the client could not abort. */
  readonly abandoned: readonly string[];
}

/** Returns the body of the client's request to the API. Faults of the API's function name the file by this text. */
export function announcementOf({ filename, contentType, body }: MixedUpload): string {
  return JSON.stringify({ filename, contentType, size: body.length });
}

/**
 * Uploads a file, and retries after refusals, resets and restarts until the pipeline has accepted it once.
 *
 * @throws {Error} when the API refuses the file with a status below 500, or nothing accepts it within five minutes
 */
export async function uploadPersistently(upload: MixedUpload, options: ClientOptions): Promise<Accepted> {
  const deadline = Date.now() + clientPatienceMs;
  const abandoned: string[] = [];
  while (Date.now() < deadline) {
    const cloudEnded = options.cloudEnded();
    const created = await create(upload, options);
    if (created && (await isStored(upload, created, { ...options, cloudEnded })))
      return { ...acceptedAs(created), abandoned };
    if (created && cloudEnded.aborted) abandoned.push(created.id);
    await sleep(retryMs, undefined, { signal: options.interruption });
  }
  throw new Error(`${upload.filename} was not accepted within ${clientPatienceMs / 1000} seconds`);
}

function acceptedAs({ id, upload }: CreatedUpload): Pick<Accepted, "id" | "parts"> {
  return upload.method === "multipart" ? { id, parts: upload.parts.length } : { id };
}

/** Announces the file to the API; returns undefined after a failure that may pass. */
async function create(
  upload: MixedUpload,
  { apiUrl, interruption }: ClientOptions,
): Promise<CreatedUpload | undefined> {
  const response = await answerOf(`${apiUrl()}/uploads`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: announcementOf(upload),
    signal: interruption,
  });
  if (!response || response.status >= 500) return undefined;
  if (response.status !== 201) throw new Error(`${upload.filename}: POST /uploads answers ${response.text}`);
  return JSON.parse(response.text) as CreatedUpload;
}

/** Sends the file, and asks the API whether it arrived when no answer says so. */
async function isStored(
  { body }: MixedUpload,
  { id, upload }: CreatedUpload,
  {
    apiUrl,
    cloudEnded,
    interruption,
  }: Omit<ClientOptions, "cloudEnded"> & { readonly cloudEnded: AbortSignal },
): Promise<boolean> {
  const hasArrived =
    upload.method === "PUT"
      ? await arrivesAtOnce(upload, body, interruption)
      : await arrivesInParts(upload, body, { cloudEnded, interruption });
  if (hasArrived) return true;
  for (;;) {
    const response = await answerOf(`${apiUrl()}/uploads/${id}`, { signal: interruption });
    if (response?.status === 200) return true;
    if (response?.status === 404) return false;
    await sleep(retryMs, undefined, { signal: interruption });
  }
}

/** Sends the file with up to four attempts; returns false when none is known to have succeeded. */
async function arrivesAtOnce(upload: PutUpload, body: Buffer, interruption: AbortSignal): Promise<boolean> {
  for (let attempt = 0; attempt < putAttempts; attempt++) {
    const response = await answerOf(upload.url, {
      method: upload.method,
      headers: upload.headers,
      body: Uint8Array.from(body),
      signal: interruption,
    });
    // 412: an earlier attempt, whose answer was lost, has stored it.
    if (response?.status === 200 || response?.status === 412) return true;
    // 403: the cloud was started again and no longer accepts the signature.
    if (response?.status === 403) return false;
    await sleep(retryMs, undefined, { signal: interruption });
  }
  return false;
}

/** Uploads as the command line does, which retries by itself and aborts the multipart upload when it stops retrying. */
async function arrivesInParts(
  upload: MultipartUpload,
  body: Buffer,
  { cloudEnded, interruption }: { readonly cloudEnded: AbortSignal; readonly interruption: AbortSignal },
): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), "henkan-torture-upload-"));
  try {
    const path = join(directory, "file");
    await writeFile(path, body);
    const source = await SourceFile.open(path);
    try {
      await putMultipart(upload, source, { signal: AbortSignal.any([cloudEnded, interruption]) });
      return true;
    } finally {
      await source.close();
    }
  } catch (error) {
    interruption.throwIfAborted();
    if (!cloudEnded.aborted && !(error instanceof RequestError)) throw error;
    return false;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Returns the answer; undefined when the connection failed. */
async function answerOf(
  url: string,
  request: RequestInit,
): Promise<{ status: number; text: string } | undefined> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (request.signal?.aborted || !(error instanceof TypeError)) throw error;
    return undefined;
  }
}
