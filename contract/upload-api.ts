// The requests and answers of the HTTP API, in JSON. Types only: the page in the browser imports them too.

/** The request of `POST /uploads`. */
export interface UploadRequest {
  /** 1 to 1,024 characters. The API stores the upload under a safe form of this name. */
  readonly filename: string;
  /** A media type such as `image/png`. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** The file's SHA-256, 64 hexadecimal digits or base64. S3 checks it; only for files that are sent by one PUT. */
  readonly sha256?: string | undefined;
}

/** Instructions to send a file: one PUT with `headers` in addition to content-length. */
export interface PutUpload {
  readonly method: "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** One part of a large file: a PUT of exactly `size` bytes. S3 answers with the ETag that the completion needs. */
export interface UploadPart {
  /** From 1. */
  readonly partNumber: number;
  readonly size: number;
  readonly url: string;
}

/** Instructions to send a large file: each part, then `complete`. A client that stops earlier calls `abort`. */
export interface MultipartUpload {
  readonly method: "multipart";
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** In the order of the file. */
  readonly parts: readonly UploadPart[];
  /** A POST of S3's `CompleteMultipartUpload` document with these headers. */
  readonly complete: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** A DELETE. */
  readonly abort: { readonly url: string };
  /** ISO 8601. All requests must be sent before this time. */
  readonly expiresAt: string;
}

export type PresignedUpload = PutUpload | MultipartUpload;

/** A variant that will be made of the upload, with the URL that its output will have. */
export interface PromisedVariant {
  readonly name: string;
  readonly url: string;
}

/** The answer of `POST /uploads`. */
export interface CreatedUpload {
  readonly id: string;
  readonly upload: PresignedUpload;
  /** The path of `GET /uploads/{id}`. */
  readonly status: string;
  readonly variants: readonly PromisedVariant[];
}

/** `converting` while any variant is pending; `partial` when some are ready and some have failed. */
export type UploadState = "converting" | "complete" | "failed" | "partial";

/** The state of one variant: `url`, `contentType` and `bytes` when it is ready, `error` when it has failed. */
export interface VariantStatus {
  readonly name: string;
  readonly state: "pending" | "ready" | "failed";
  readonly url?: string | undefined;
  readonly contentType?: string | undefined;
  readonly bytes?: number | undefined;
  /** Pixels, pictures only. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** The answer of `GET /uploads/{id}`. */
export interface UploadStatus {
  readonly id: string;
  readonly state: UploadState;
  readonly variants: readonly VariantStatus[];
}

/** A mistake in one field of a request. */
export interface FieldError {
  /** A JSON pointer as a URI fragment, for example `#/filename`. */
  readonly pointer: string;
  readonly detail: string;
}

/** The body of every refusal, `application/problem+json` by RFC 9457. `code` is stable; `detail` is for people. */
export interface ProblemDocument {
  readonly type: string;
  readonly title?: string | undefined;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly FieldError[] | undefined;
}
