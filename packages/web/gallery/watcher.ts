import { isProblem, type PageApi } from "../api.ts";
import { PageProblem } from "../problems.ts";
import { type GalleryUpload, type GalleryUploads, isSettled } from "./uploads.ts";

const firstIntervalMs = 250;
const growth = 1.5;
const longestIntervalMs = 15_000;
/** Between any two requests: many uploads together ask no more often than this. */
const spacingMs = 80;

interface Schedule {
  readonly at: number;
  readonly intervalMs: number;
}

/**
 * Asks the API for uploads that are still converting, one request at a time and each upload less and less often.
 * It rests while nobody looks at the page and once everything is settled.
 */
export class Watcher {
  readonly #uploads: GalleryUploads;
  readonly #api: PageApi;
  readonly #schedules = new Map<string, Schedule>();
  /** Settled uploads of an earlier visit are looked at once: they may have expired. */
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

  async #ask({ id, problem }: GalleryUpload): Promise<void> {
    this.#isAsking = true;
    const intervalMs = this.#schedules.get(id)?.intervalMs ?? firstIntervalMs;
    this.#schedules.set(id, {
      at: Date.now() + intervalMs,
      intervalMs: Math.min(intervalMs * growth, longestIntervalMs),
    });
    try {
      const status = await this.#api.status(id);
      this.#unseen.delete(id);
      this.#uploads.change(id, { status, ...(problem && { problem: undefined }) });
    } catch (error) {
      if (!(error instanceof PageProblem)) throw error;
      const isGone = isProblem(error, "not-found");
      if (isGone) this.#unseen.delete(id);
      this.#uploads.change(id, { problem: error.message, isGone });
    } finally {
      this.#isAsking = false;
      this.#plan();
    }
  }
}
