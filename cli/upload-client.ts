import { openAsBlob } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { PutUpload } from "../handlers/upload-api/presigned-put.ts";
import type { UploadState, VariantStatus } from "../handlers/upload-api/upload-status.ts";

/** The answer of `GET /uploads/{id}`. */
export interface UploadStatus {
  readonly id: string;
  readonly state: UploadState;
  readonly variants: readonly VariantStatus[];
}

/** The answer of `POST /uploads`. */
export interface CreatedUpload {
  readonly id: string;
  readonly upload: PutUpload;
  readonly variants: readonly { readonly name: string; readonly url: string }[];
}

/** A request that the API or S3 refused, with the code it gave. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const firstPollMs = 50;
const lastPollMs = 250;

/** What a client of the pipeline does, over HTTP alone. */
export class UploadClient {
  readonly #apiUrl: string;

  constructor(apiUrl: string) {
    this.#apiUrl = apiUrl;
  }

  /** @throws {RequestError} with the problem's code, for example `too-large`. */
  async create(file: {
    filename: string;
    contentType: string;
    size: number;
    sha256?: string;
  }): Promise<CreatedUpload> {
    const response = await fetch(`${this.#apiUrl}/uploads`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(file),
    });
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as CreatedUpload;
  }

  /** @throws {RequestError} with S3's error code, for example `AccessDenied`. */
  async put({ upload }: CreatedUpload, path: string): Promise<void> {
    const response = await fetch(upload.url, {
      method: upload.method,
      headers: upload.headers,
      body: await openAsBlob(path),
    });
    if (!response.ok) throw s3ErrorOf(response.status, await response.text());
    await response.arrayBuffer();
  }

  /** @throws {RequestError} */
  async status(id: string): Promise<UploadStatus> {
    const response = await fetch(`${this.#apiUrl}/uploads/${id}`);
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as UploadStatus;
  }

  /**
   * Polls at growing intervals until no variant is pending or `gaveUp` says so of an answer; `onStatus` sees every
   * answer.
   */
  async finished(
    id: string,
    onStatus: (status: UploadStatus) => void,
    gaveUp: (status: UploadStatus) => boolean = () => false,
  ): Promise<UploadStatus> {
    for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 1.5, lastPollMs)) {
      const status = await this.status(id);
      onStatus(status);
      if (status.state !== "converting" || gaveUp(status)) return status;
      await setTimeout(pollMs);
    }
  }
}

async function problemOf(response: Response): Promise<RequestError> {
  const body = await response.text();
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  const problem = isProblem
    ? (JSON.parse(body) as { code?: string; title?: string; detail?: string })
    : undefined;
  return new RequestError(
    problem?.code ?? `http-${response.status}`,
    problem?.detail ?? problem?.title ?? `The API answered ${response.status}: ${body.slice(0, 200)}`,
  );
}

function s3ErrorOf(status: number, xml: string): RequestError {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return new RequestError(element("Code") ?? `http-${status}`, element("Message") ?? `S3 answered ${status}`);
}
