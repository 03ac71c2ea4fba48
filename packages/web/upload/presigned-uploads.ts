import type { AwsS3Options } from "@uppy/aws-s3";
import type { Body, Meta, Uppy } from "@uppy/core";
import type { CreatedUpload, MultipartUpload, PresignedUpload } from "../../../contract/upload-api.ts";
import type { PageApi } from "../api.ts";
import { expired, PageProblem } from "../problems.ts";

export type PageUppy = Uppy<Meta, Body>;
type SignRequest = Extract<AwsS3Options<Meta, Body>, { signRequest: unknown }>["signRequest"];
type S3Request = Parameters<SignRequest>[0];
type Presigned = Awaited<ReturnType<SignRequest>>;

/** Left of a link's time when it is no longer handed out. */
const marginMs = 10_000;
const requestsAtOnce = 4;

/**
 * Answers Uppy's signing requests from the one answer that the API gives for each file.
 *
 * Uppy's S3 key stands for the file's id here: the real one is the API's, inside the presigned URLs.
 */
export class PresignedUploads {
  readonly #uppy: PageUppy;
  readonly #api: PageApi;
  readonly #created = new Map<string, CreatedUpload>();
  readonly #problems = new Map<string, unknown>();
  /** ETags of the parts that S3 has, by file id and part number. */
  readonly #parts = new Map<string, Map<number, string>>();

  constructor(uppy: PageUppy, api: PageApi) {
    this.#uppy = uppy;
    this.#api = api;
    uppy.addPreProcessor((fileIds) => this.#prepare(fileIds));
    uppy.on("s3-multipart:part-uploaded", ({ id }, { PartNumber, ETag }) => {
      this.#parts.get(id)?.set(PartNumber, ETag);
    });
    // Not when it is removed: Uppy ends an upload in parts after that.
    uppy.on("file-added", ({ id }) => this.forget(id));
  }

  created(fileId: string): CreatedUpload | undefined {
    return this.#created.get(fileId);
  }

  /** The next attempt gets a link of its own. */
  forget(fileId: string): void {
    this.#created.delete(fileId);
    this.#parts.delete(fileId);
  }

  isMultipart(fileId: string): boolean {
    return this.#created.get(fileId)?.upload.method === "multipart";
  }

  /** Uppy asks by size alone; the API cuts files of one size alike. */
  partSize(bytes: number): number {
    const uploads = [...this.#created.values()].map(({ upload }) => upload);
    const ofThisSize = uploads.filter(isMultipart).find(({ parts }) => totalOf(parts) === bytes);
    return ofThisSize?.partSize ?? bytes;
  }

  async sign(request: S3Request): Promise<Presigned> {
    const fileId = request.key;
    const isAnswered = this.#problems.has(fileId) || this.#isCurrent(fileId) || this.isMultipart(fileId);
    if (!isAnswered) await this.#create(fileId);
    const problem = this.#problems.get(fileId);
    if (problem) throw problem;
    const created = this.#created.get(fileId);
    if (!created) throw expired();
    const { upload } = created;
    if (upload.method === "PUT") return { url: upload.url, headers: { ...upload.headers } };
    if (!this.#isCurrent(fileId)) throw expired();
    return signPart(request, upload, this.#parts.get(fileId) ?? new Map());
  }

  /** Asks the API before Uppy starts, since Uppy wants to know how a file is cut before it signs anything. */
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

  /** A failure waits for `sign`, where Uppy takes it for this file's alone. */
  async #create(fileId: string): Promise<void> {
    const file = this.#uppy.getFile(fileId);
    if (!file) return;
    this.forget(fileId);
    this.#problems.delete(fileId);
    const { name, type, size } = file;
    try {
      const created = await this.#api.create({ filename: name, contentType: type, size: size ?? 0 });
      this.#created.set(fileId, created);
      this.#parts.set(fileId, new Map());
      // The API has begun the multipart upload: for Uppy it is one to resume, of which no part is there yet.
      const resume = { uploadId: created.id, key: fileId };
      this.#uppy.setFileState(fileId, { s3Multipart: this.isMultipart(fileId) ? resume : undefined });
    } catch (error) {
      if (!(error instanceof PageProblem)) throw error;
      this.#problems.set(fileId, error);
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

/** S3's answer to ListParts from what this page has sent, as a document that needs no request. */
function partList(uploaded: ReadonlyMap<number, string>): string {
  const parts = [...uploaded].map(
    ([partNumber, etag]) => `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const xml = `<ListPartsResult>${parts.join("")}</ListPartsResult>`;
  return `data:application/xml,${encodeURIComponent(xml)}`;
}
