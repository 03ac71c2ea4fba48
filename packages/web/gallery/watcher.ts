import { hasCode, type PageApi } from "../api.ts";
import { PageError } from "../page-errors.ts";
import { type GalleryUpload, type GalleryUploads, isSettled } from "./uploads.ts";

const firstIntervalMs = 250;
const growth = 1.5;
const longestIntervalMs = 15_000;
/** The shortest time between two requests, also for many uploads. */
const spacingMs = 80;

interface Schedule {
  readonly at: number;
  readonly intervalMs: number;
}

/**
 * Requests the status of uploads that are still converting, one request at a time. The intervals of each upload grow. There
 * are no requests while the page is hidden or when no upload is converting.
 */
export class Watcher {
  readonly #uploads: GalleryUploads;
  readonly #api: PageApi;
  readonly #schedules = new Map<string, Schedule>();
  /** Settled uploads of an earlier visit, which are checked once because they may have expired. */
  readonly #unseen: Set<string>;
  #isAsking = false;
  #timer: number | undefined;

  constructor(uploads: GalleryUploads, api: PageApi) {
    this.#uploads = uploads;
    this.#api = api;
    this.#unseen = new Set(uploads.all.filter(({ isGone }) => !isGone).map(({ id }) => id));
    uploads.subscribe(() => this.#plan());
    document.addEventListener("visibilitychange", () => this.#plan());
    window.addEventListener("online", () => this.#soon());
    this.#plan();
  }

  #soon(): void {
    this.#schedules.clear();
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isAsking || document.hidden) return;
    const open = this.#uploads.all.filter((upload) => !isSettled(upload) || this.#unseen.has(upload.id));
    const [next] = open
      .map((upload) => ({ upload, at: this.#schedules.get(upload.id)?.at ?? 0 }))
      .sort((one, other) => one.at - other.at);
    if (!next) return;
    const delayMs = Math.max(next.at - Date.now(), spacingMs);
    this.#timer = window.setTimeout(() => this.#ask(next.upload), delayMs);
  }

  async #ask({ id, failure }: GalleryUpload): Promise<void> {
    this.#isAsking = true;
    const intervalMs = this.#schedules.get(id)?.intervalMs ?? firstIntervalMs;
    this.#schedules.set(id, {
      at: Date.now() + intervalMs,
      intervalMs: Math.min(intervalMs * growth, longestIntervalMs),
    });
    try {
      const status = await this.#api.status(id);
      this.#unseen.delete(id);
      this.#uploads.change(id, { status, ...(failure && { failure: undefined }) });
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      const isGone = hasCode(error, "not-found");
      if (isGone) this.#unseen.delete(id);
      this.#uploads.change(id, { failure: error.message, isGone });
    } finally {
      this.#isAsking = false;
      this.#plan();
    }
  }
}
