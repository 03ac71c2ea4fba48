import { setTimeout as sleep } from "node:timers/promises";
import type { CreatedUpload } from "../cli/upload-client.ts";
import type { MixedUpload } from "./upload-mix.ts";

const retryMs = 100;
const putAttempts = 4;
const patienceMs = 60_000;

export interface ClientOptions {
  /** Where the API is now: it moves when the cloud is started again. */
  readonly apiUrl: () => string;
  readonly interruption: AbortSignal;
}

/**
 * Uploads until the pipeline has accepted the file, through refusals, resets and restarts, as a client does that wants
 * it uploaded once. Returns the id it was accepted under.
 *
 * @throws {Error} when the file is refused for good or not accepted within a minute
 */
export async function uploadPersistently(upload: MixedUpload, options: ClientOptions): Promise<string> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const created = await create(upload, options);
    if (created && (await isStored(upload, created, options))) return created.id;
    await sleep(retryMs, undefined, { signal: options.interruption });
  }
  throw new Error(`${upload.filename} was not accepted within ${patienceMs / 1000} seconds`);
}

/** Undefined when it is worth another try. */
async function create(
  { filename, contentType, body }: MixedUpload,
  { apiUrl, interruption }: ClientOptions,
): Promise<CreatedUpload | undefined> {
  const response = await answerOf(`${apiUrl()}/uploads`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ filename, contentType, size: body.length }),
    signal: interruption,
  });
  if (!response || response.status >= 500) return undefined;
  if (response.status !== 201) throw new Error(`${filename}: POST /uploads answers ${response.text}`);
  return JSON.parse(response.text) as CreatedUpload;
}

/** Sends the file, several times if need be, and asks the API when it cannot know whether it arrived. */
async function isStored(
  { body }: MixedUpload,
  { id, upload }: CreatedUpload,
  { apiUrl, interruption }: ClientOptions,
): Promise<boolean> {
  if (upload.method !== "PUT") throw new Error("The mix has files of one PUT alone");
  for (let attempt = 0; attempt < putAttempts; attempt++) {
    const response = await answerOf(upload.url, {
      method: upload.method,
      headers: upload.headers,
      body: Uint8Array.from(body),
      signal: interruption,
    });
    // 412: an attempt before, whose answer was lost, has stored it.
    if (response?.status === 200 || response?.status === 412) return true;
    // 403: the cloud was started again and does not know the signature any more.
    if (response?.status === 403) break;
    await sleep(retryMs, undefined, { signal: interruption });
  }
  for (;;) {
    const response = await answerOf(`${apiUrl()}/uploads/${id}`, { signal: interruption });
    if (response?.status === 200) return true;
    if (response?.status === 404) return false;
    await sleep(retryMs, undefined, { signal: interruption });
  }
}

/** Undefined when the connection failed. */
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
