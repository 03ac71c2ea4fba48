import type { AwsS3Options } from "@uppy/aws-s3";
import type { Body, Meta, Uppy } from "@uppy/core";
import type { CreatedUpload, MultipartUpload, PresignedUpload } from "../../../contract/upload-api.ts";
import type { PageApi } from "../api.ts";
import { expired, PageError } from "../page-errors.ts";

export type PageUppy = Uppy<Meta, Body>;
type SignRequest = Extract<AwsS3Options<Meta, Body>, { signRequest: unknown }>["signRequest"];
type S3Request = Parameters<SignRequest>[0];
type Presigned = Awaited<ReturnType<SignRequest>>;

/** A URL that expires within this time is not used. */
const marginMs = 10_000;
const requestsAtOnce = 4;

/**
 * Answers Uppy's signing requests from the API's single answer for each file.
 *
 * Uppy's S3 key is the file's id in Uppy. The real key is in the presigned URLs.
 */
export class PresignedUploads {
  readonly #uppy: PageUppy;
  readonly #api: PageApi;
  readonly #created = new Map<string, CreatedUpload>();
  readonly #errors = new Map<string, unknown>();
  /** ETags of the parts that S3 has, by file id and part number. */
  readonly #parts = new Map<string, Map<number, string>>();

  constructor(uppy: PageUppy, api: PageApi) {
    this.#uppy = uppy;
    this.#api = api;
    uppy.addPreProcessor((fileIds) => this.#prepare(fileIds));
    uppy.on("s3-multipart:part-uploaded", ({ id }, { PartNumber, ETag }) => {
      this.#parts.get(id)?.set(PartNumber, ETag);
    });
    // Not at its removal, after which Uppy still aborts an upload in parts.
    uppy.on("file-added", ({ id }) => this.forget(id));
  }

  /** Returns the API's answer for a file. */
  created(fileId: string): CreatedUpload | undefined {
    return this.#created.get(fileId);
  }

  /** Makes the next attempt request new URLs. */
  forget(fileId: string): void {
    this.#created.delete(fileId);
    this.#parts.delete(fileId);
  }

  /** Returns true when the API wants the file in parts. */
  isMultipart(fileId: string): boolean {
    return this.#created.get(fileId)?.upload.method === "multipart";
  }

  /** Returns the size of a part. Uppy passes only the size of the file. Files of one size have parts of one size. */
  partSize(bytes: number): number {
    const uploads = [...this.#created.values()].map(({ upload }) => upload);
    const ofThisSize = uploads.filter(isMultipart).find(({ parts }) => totalOf(parts) === bytes);
    return ofThisSize?.partSize ?? bytes;
  }

  /**
   * Returns the presigned URL and headers of a request.
   *
   * @throws {PageError} when the API refused the file, or the URL has expired
   */
  async sign(request: S3Request): Promise<Presigned> {
    const fileId = request.key;
    const isAnswered = this.#errors.has(fileId) || this.#isCurrent(fileId) || this.isMultipart(fileId);
    if (!isAnswered) await this.#create(fileId);
    const error = this.#errors.get(fileId);
    if (error) throw error;
    const created = this.#created.get(fileId);
    if (!created) throw expired();
    const { upload } = created;
    if (upload.method === "PUT") return { url: upload.url, headers: { ...upload.headers } };
    if (!this.#isCurrent(fileId)) throw expired();
    return signPart(request, upload, this.#parts.get(fileId) ?? new Map());
  }

  /** Calls the API before the upload, since Uppy needs the size of the parts before it signs a request. */
  async #prepare(fileIds: readonly string[]): Promise<void> {
    const waiting = fileIds.filter((fileId) => !this.#isCurrent(fileId));
    for (const file of this.#uppy.getFilesByIds([...waiting])) {
      this.#uppy.emit("preprocess-progress", file, { mode: "indeterminate", message: "Preparing" });
    }
    const next = waiting.values();
    const lane = async () => {
      for (const fileId of next) {
        await this.#create(fileId);
        this.#uppy.emit("preprocess-complete", this.#uppy.getFile(fileId));
      }
    };
    await Promise.all(Array.from({ length: requestsAtOnce }, lane));
  }

  /** Announces a file. `sign` throws the error, since Uppy applies errors there only to this file. */
  async #create(fileId: string): Promise<void> {
    const file = this.#uppy.getFile(fileId);
    if (!file) return;
    this.forget(fileId);
    this.#errors.delete(fileId);
    const { name, type, size } = file;
    try {
      const created = await this.#api.create({ filename: name, contentType: type, size: size ?? 0 });
      this.#created.set(fileId, created);
      this.#parts.set(fileId, new Map());
      // The API has begun the multipart upload. Uppy therefore resumes one that has no parts yet.
      const resume = { uploadId: created.id, key: fileId };
      this.#uppy.setFileState(fileId, { s3Multipart: this.isMultipart(fileId) ? resume : undefined });
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      this.#errors.set(fileId, error);
      this.#uppy.setFileState(fileId, { s3Multipart: undefined });
    }
  }

  #isCurrent(fileId: string): boolean {
    const created = this.#created.get(fileId);
    return created !== undefined && Date.parse(created.upload.expiresAt) - marginMs > Date.now();
  }
}

function isMultipart(upload: PresignedUpload): upload is MultipartUpload {
  return upload.method === "multipart";
}

function totalOf(parts: MultipartUpload["parts"]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

function signPart(
  request: S3Request,
  { parts, complete, abort }: MultipartUpload,
  uploaded: ReadonlyMap<number, string>,
): Presigned {
  if ("partNumber" in request) {
    const part = parts.find(({ partNumber }) => partNumber === request.partNumber);
    if (!part) throw expired();
    return { url: part.url };
  }
  if (request.method === "POST") return { url: complete.url, headers: { ...complete.headers } };
  if (request.method === "DELETE") return { url: abort.url };
  return { url: partList(uploaded) };
}

/** Returns S3's answer to ListParts as a data URL, which needs no request, from the parts that this page has sent. */
function partList(uploaded: ReadonlyMap<number, string>): string {
  const parts = [...uploaded].map(
    ([partNumber, etag]) => `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const xml = `<ListPartsResult>${parts.join("")}</ListPartsResult>`;
  return `data:application/xml,${encodeURIComponent(xml)}`;
}
