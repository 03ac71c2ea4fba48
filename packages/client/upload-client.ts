import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import mime from "mime";
import type {
  CreatedUpload,
  ProblemDocument,
  UploadRequest,
  UploadStatus,
} from "../../contract/upload-api.ts";
import { type ApiAuth, openAuth } from "./api-auth.ts";
import { withRetries } from "./backoff.ts";
import { giveUp, putMultipart } from "./multipart-upload.ts";
import { networkFailure } from "./network-failure.ts";
import type { TransferOptions } from "./put-body.ts";
import { putFile } from "./put-file.ts";
import { ApiAccessError, isTransientStatus, RequestError } from "./request-error.ts";
import { SourceFile } from "./source-file.ts";

export interface UploadClientOptions {
  readonly auth?: ApiAuth;
  /** Ends what is under way; its reason is what everything then rejects with. */
  readonly signal?: AbortSignal;
}

const firstPollMs = 50;
const lastPollMs = 2_000;
/** How long the answer to an announcement may take after an interruption: S3 has to be told of what it began. */
const lastAnswerMs = 3_000;

/** What a client of the pipeline does, over HTTP alone. */
export class UploadClient {
  readonly #apiUrl: string;
  readonly #auth: ApiAuth;
  readonly #signal: AbortSignal | undefined;
  readonly #late = new AbortController();

  constructor(apiUrl: string, { auth = openAuth, signal }: UploadClientOptions = {}) {
    this.#apiUrl = apiUrl.replace(/\/+$/, "");
    this.#auth = auth;
    this.#signal = signal;
    signal?.addEventListener("abort", () => {
      globalThis.setTimeout(() => this.#late.abort(signal.reason), lastAnswerMs).unref();
    });
  }

  /** @throws {RequestError} with the problem's code, for example `too-large`. */
  async create(file: UploadRequest): Promise<CreatedUpload> {
    this.#signal?.throwIfAborted();
    const created = (await this.#request("POST", "/uploads", JSON.stringify(file))) as CreatedUpload;
    if (this.#signal?.aborted && created.upload.method === "multipart") await giveUp(created.upload);
    this.#signal?.throwIfAborted();
    return created;
  }

  /** Announces a file under its own name and with the type that its extension stands for. */
  createFor({ path, bytes }: SourceFile): Promise<CreatedUpload> {
    const filename = basename(path);
    const contentType = mime.getType(filename) ?? "application/octet-stream";
    return this.create({ filename, contentType, size: bytes });
  }

  /** @throws {RequestError} with S3's error code, for example `AccessDenied`, or one of `SourceFile`'s. */
  async put({ upload }: CreatedUpload, file: string | SourceFile, options?: TransferOptions): Promise<void> {
    const source = file instanceof SourceFile ? file : await SourceFile.open(file);
    const transfer = { signal: this.#signal, ...options };
    try {
      if (upload.method === "multipart") await putMultipart(upload, source, transfer);
      else await putFile(upload, source, transfer);
    } finally {
      if (source !== file) await source.close();
    }
  }

  /** @throws {RequestError} */
  async status(id: string): Promise<UploadStatus> {
    return (await this.#request("GET", `/uploads/${encodeURIComponent(id)}`)) as UploadStatus;
  }

  /**
   * Polls until no variant is pending or `gaveUp` says so of an answer; `onStatus` sees every answer. The intervals
   * grow with the time that has passed, so that it adds little to short waits and asks little in long ones.
   */
  async finished(
    id: string,
    onStatus: (status: UploadStatus) => void,
    gaveUp: (status: UploadStatus) => boolean = () => false,
  ): Promise<UploadStatus> {
    const begin = performance.now();
    for (;;) {
      const status = await this.status(id);
      onStatus(status);
      if (status.state !== "converting" || gaveUp(status)) return status;
      const pollMs = Math.min(lastPollMs, Math.max(firstPollMs, (performance.now() - begin) / 10));
      await setTimeout(pollMs, undefined, { signal: this.#signal });
    }
  }

  /**
   * @returns the JSON of a successful answer
   * @throws {ApiAccessError} when the API cannot be reached or does not accept the caller
   * @throws {RequestError} for everything else it refuses
   */
  #request(method: "GET" | "POST", path: string, body?: string): Promise<unknown> {
    const url = new URL(`${this.#apiUrl}${path}`);
    const signal = method === "POST" ? this.#late.signal : (this.#signal ?? null);
    return withRetries(async () => {
      const contentType: Record<string, string> = body ? { "content-type": "application/json" } : {};
      const headers = await this.#auth.headersFor({ method, url, headers: contentType, body });
      try {
        const response = await fetch(url, { method, headers, body: body ?? null, signal });
        const answer = await response.text();
        if (!response.ok) throw this.#refusal(response, answer);
        if (isJson(response)) return JSON.parse(answer);
        throw this.#noApi("it answers with something else than JSON");
      } catch (error) {
        const failure = signal?.aborted ? undefined : networkFailure(error);
        if (!failure) throw error;
        const { reason, isTransient } = failure;
        const message = `The API at ${this.#apiUrl} cannot be reached: ${reason}`;
        throw new ApiAccessError("api-unreachable", message, { isTransient, cause: error });
      }
    }, this.#signal);
  }

  #refusal({ status, headers }: Response, body: string): RequestError {
    if (headers.get("content-type")?.startsWith("application/problem+json")) {
      const { code, title, detail } = JSON.parse(body) as Partial<ProblemDocument>;
      const isTransient = isTransientStatus(status);
      return new RequestError(code ?? `http-${status}`, detail ?? title ?? body, { isTransient });
    }
    const isAccess = status === 401 || status === 403;
    const problem = isAccess ? authorizationProblem(headers, body) : undefined;
    if (problem !== undefined) {
      return new ApiAccessError(
        "not-authorised",
        `The API at ${this.#apiUrl} does not let you in (${status}: ${problem}). ${this.#auth.remedy}`,
      );
    }
    // S3 and the CDN, which are a port away, refuse in other words.
    if (isAccess || status === 404 || status === 405) return this.#noApi(`it answers ${status}`);
    const message = `The API answered ${status}: ${body.slice(0, 200)}`;
    return new RequestError(`http-${status}`, message, { isTransient: isTransientStatus(status) });
  }

  #noApi(reason: string): ApiAccessError {
    return new ApiAccessError(
      "no-upload-api",
      `There is no upload API at ${this.#apiUrl}: ${reason}. Its URL is the stack's output apiUrl`,
    );
  }
}

function isJson({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("application/json") ?? false;
}

/**
 * What API Gateway says: in `www-authenticate` for tokens, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html,
 * else in the body's message. Undefined when it was not API Gateway that refused.
 */
function authorizationProblem(headers: Headers, body: string): string | undefined {
  const description = /error_description="([^"]*)"/.exec(headers.get("www-authenticate") ?? "")?.[1];
  const message = /"message"\s*:\s*"([^"]*)"/i.exec(body)?.[1];
  return description ?? message;
}
