import type { CreatedUpload, UploadRequest, UploadStatus } from "../../contract/upload-api.ts";
import { PageError, refused, unreachable } from "./page-errors.ts";
import type { PageSettings } from "./settings.ts";

/** Returns the headers that authorise a request. */
export type Authorize = () => Promise<Readonly<Record<string, string>>>;

const attempts = 4;
const firstDelayMs = 500;
const busy = [429, 503];

/** Calls the upload API. Failures reject with a `PageError`. */
export class PageApi {
  readonly #settings: PageSettings;
  readonly #authorize: Authorize;

  constructor(settings: PageSettings, authorize: Authorize) {
    this.#settings = settings;
    this.#authorize = authorize;
  }

  create(file: UploadRequest): Promise<CreatedUpload> {
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

/** Returns true when `error` is a `PageError` with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof PageError && error.code === code;
}
