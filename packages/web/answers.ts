export interface PutUpload {
  readonly method: "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly expiresAt: string;
}

export interface MultipartUpload {
  readonly method: "multipart";
  /** Bytes of every part but the last. */
  readonly partSize: number;
  readonly parts: readonly { readonly partNumber: number; readonly size: number; readonly url: string }[];
  readonly complete: { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  readonly abort: { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  readonly expiresAt: string;
}

/** The answer of `POST /uploads`. */
export interface CreatedUpload {
  readonly id: string;
  readonly upload: PutUpload | MultipartUpload;
  readonly variants: readonly { readonly name: string; readonly url: string }[];
}

export interface Variant {
  readonly name: string;
  readonly state: "pending" | "ready" | "failed";
  readonly url?: string;
  readonly contentType?: string;
  readonly bytes?: number;
  readonly width?: number;
  readonly height?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The answer of `GET /uploads/{id}`. */
export interface UploadStatus {
  readonly id: string;
  readonly state: "converting" | "complete" | "partial" | "failed";
  readonly variants: readonly Variant[];
}
