import { PageProblem, refused, unreachable } from "./problems.ts";
import type { PageSettings } from "./settings.ts";

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

/** What a request needs beside itself: the headers that authorise it. */
export type Authorize = () => Promise<Readonly<Record<string, string>>>;

const attempts = 4;
const firstDelayMs = 500;
const busy = [429, 503];

/** The upload API, its failures told as `PageProblem`s. */
export class UploadApi {
  readonly #settings: PageSettings;
  readonly #authorize: Authorize;

  constructor(settings: PageSettings, authorize: Authorize) {
    this.#settings = settings;
    this.#authorize = authorize;
  }

  create(file: { filename: string; contentType: string; size: number }): Promise<CreatedUpload> {
    return this.#request("/uploads", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(file),
    });
  }

  status(id: string): Promise<UploadStatus> {
    return this.#request(`/uploads/${encodeURIComponent(id)}`, {});
  }

  async #request<Answer>(path: string, init: RequestInit): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#fetch(path, init);
      if (response.ok) return response.json();
      if (!busy.includes(response.status) || attempt === attempts) {
        throw await refused(response, this.#settings);
      }
      await new Promise((resolve) => setTimeout(resolve, firstDelayMs * 2 ** attempt));
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, ...(await this.#authorize()) };
    try {
      return await fetch(`${this.#settings.apiUrl}${path}`, { ...init, headers });
    } catch (error) {
      if (error instanceof TypeError) throw unreachable("upload service");
      throw error;
    }
  }
}

export function isProblem(error: unknown, code: string): boolean {
  return error instanceof PageProblem && error.code === code;
}
