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
import { abortUpload, putMultipart } from "./multipart-upload.ts";
import { networkFailure } from "./network-failure.ts";
import type { TransferOptions } from "./put-body.ts";
import { putFile } from "./put-file.ts";
import { ApiAccessError, isTransientStatus, RequestError } from "./request-error.ts";
import { SourceFile } from "./source-file.ts";

export interface UploadClientOptions {
  /**
   * The way in which requests to the API are authorised.
   *
   * @default openAuth
   */
  readonly auth?: ApiAuth;
  /** Ends all calls of the client. They reject with the signal's reason. */
  readonly signal?: AbortSignal;
}

const firstPollMs = 50;
const lastPollMs = 2_000;
/** How long the client waits for the answer to `POST /uploads` after an interruption, to abort an upload that it began. */
const lastAnswerMs = 3_000;

/**
 * Announces, sends and follows uploads over HTTP. Transient failures are retried.
 *
 * @example
 * const client = new UploadClient("http://127.0.0.1:4600");
 * const created = await client.create({ filename: "photo.jpg", contentType: "image/jpeg", size: 123_456 });
 * await client.put(created, "photo.jpg");
 * const { state, variants } = await client.finished(created.id);
 */
export class UploadClient {
  readonly #apiUrl: string;
  readonly #auth: ApiAuth;
  readonly #signal: AbortSignal | undefined;
  readonly #late = new AbortController();

  /** @param apiUrl the URL of the upload API, which is the stack's output `apiUrl` */
  constructor(apiUrl: string, { auth = openAuth, signal }: UploadClientOptions = {}) {
    this.#apiUrl = apiUrl.replace(/\/+$/, "");
    this.#auth = auth;
    this.#signal = signal;
    signal?.addEventListener("abort", () => {
      globalThis.setTimeout(() => this.#late.abort(signal.reason), lastAnswerMs).unref();
    });
  }

  /**
   * Announces a file (`POST /uploads`).
   *
   * @returns the upload's id, its presigned URLs and the URLs that its variants will have
   * @throws {RequestError} with the API's code, for example `too-large`
   * @throws {ApiAccessError} when the API cannot be reached or refuses the caller
   */
  async create(file: UploadRequest): Promise<CreatedUpload> {
    this.#signal?.throwIfAborted();
    const created = (await this.#request("POST", "/uploads", JSON.stringify(file))) as CreatedUpload;
    if (this.#signal?.aborted && created.upload.method === "multipart") await abortUpload(created.upload);
    this.#signal?.throwIfAborted();
    return created;
  }

  /**
   * Announces a file with its own name, and with the media type of its extension.
   *
   * @throws {RequestError} with the API's code, for example `too-large`
   * @throws {ApiAccessError} when the API cannot be reached or refuses the caller
   */
  createFor({ path, bytes }: SourceFile): Promise<CreatedUpload> {
    const filename = basename(path);
    const contentType = mime.getType(filename) ?? "application/octet-stream";
    return this.create({ filename, contentType, size: bytes });
  }

  /**
   * Sends an announced file to S3, with one PUT or in parts as the API decided.
   *
   * @param file a path, or an open file that the caller closes
   * @throws {RequestError} with S3's error code, for example `AccessDenied`, or `network-error`, `expired`, or a code of
   *   `SourceFile`
   */
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

  /**
   * Returns the state of an upload and its variants (`GET /uploads/{id}`).
   *
   * @throws {RequestError} with the API's code, for example `not-found`
   * @throws {ApiAccessError} when the API cannot be reached or refuses the caller
   */
  async status(id: string): Promise<UploadStatus> {
    return (await this.#request("GET", `/uploads/${encodeURIComponent(id)}`)) as UploadStatus;
  }

  /**
   * Polls until the API has an outcome for every variant. The intervals are a tenth of the time that has passed, at least
   * 50 ms and at most 2 s. Short waits therefore stay short, and long ones need few requests.
   *
   * @param onStatus receives every answer
   * @param isEnough ends the polling early when it returns true for an answer
   * @default isEnough never
   * @returns the last answer
   * @throws {RequestError} with the API's code, for example `not-found`
   */
  async finished(
    id: string,
    onStatus: (status: UploadStatus) => void = () => {},
    isEnough: (status: UploadStatus) => boolean = () => false,
  ): Promise<UploadStatus> {
    const begin = performance.now();
    for (;;) {
      const status = await this.status(id);
      onStatus(status);
      if (status.state !== "converting" || isEnough(status)) return status;
      const pollMs = Math.min(lastPollMs, Math.max(firstPollMs, (performance.now() - begin) / 10));
      await setTimeout(pollMs, undefined, { signal: this.#signal });
    }
  }

  /**
   * @returns the JSON of a successful answer
   * @throws {ApiAccessError} when the API cannot be reached or refuses the caller
   * @throws {RequestError} for every other refusal
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
        throw this.#noApi("its answer is not JSON");
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
    const reason = isAccess ? authorizationRefusal(headers, body) : undefined;
    if (reason !== undefined) {
      return new ApiAccessError(
        "not-authorised",
        `The API at ${this.#apiUrl} refused you (${status}: ${reason}). ${this.#auth.remedy}`,
      );
    }
    // A wrong port may lead to S3 or the CDN, whose refusals have another form.
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
 * Returns API Gateway's reason for a refusal, or undefined when another server refused. For tokens the reason is in
 * `www-authenticate`, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html,
 * otherwise in the body.
 */
function authorizationRefusal(headers: Headers, body: string): string | undefined {
  const description = /error_description="([^"]*)"/.exec(headers.get("www-authenticate") ?? "")?.[1];
  const message = /"message"\s*:\s*"([^"]*)"/i.exec(body)?.[1];
  return description ?? message;
}
