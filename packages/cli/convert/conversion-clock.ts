import type { UploadStatus } from "@henkan/client";
import { countText } from "@henkan/client/text";
import type { NamedFile } from "../upload/named-files.ts";
import type { UploadObserver } from "../upload/upload-files.ts";

interface Conversion {
  /** Milliseconds of `performance.now()` at which the upload began. */
  readonly begin: number;
  /** Milliseconds from then until the API reported each variant as finished, by the variant's name. */
  readonly elapsedMs: Map<string, number>;
  total: number;
}

/** Measures how long the variants of files take, and reports how many are finished. */
export class ConversionClock implements UploadObserver {
  readonly #conversions = new Map<NamedFile, Conversion>();
  readonly #onProgress: (line: string) => void;
  readonly #files: number;

  /** @param onProgress called with one line whenever a file's status is known */
  constructor(files: number, onProgress: (line: string) => void) {
    this.#files = files;
    this.#onProgress = onProgress;
  }

  onStart(file: NamedFile): void {
    this.#conversions.set(file, { begin: performance.now(), elapsedMs: new Map(), total: 0 });
  }

  onStatus(file: NamedFile, { variants }: UploadStatus): void {
    const conversion = this.#conversions.get(file);
    if (!conversion) return;
    const { begin, elapsedMs } = conversion;
    conversion.total = variants.length;
    for (const { name, state } of variants) {
      if (state !== "pending" && !elapsedMs.has(name)) elapsedMs.set(name, performance.now() - begin);
    }
    this.#onProgress(this.#line());
  }

  /** Returns the milliseconds from the start of a file's upload until its variant was finished. */
  elapsedMs(file: NamedFile, variant: string): number {
    return Math.round(this.#conversions.get(file)?.elapsedMs.get(variant) ?? 0);
  }

  #line(): string {
    const known = [...this.#conversions.values()].filter(({ total }) => total > 0);
    const finished = known.reduce((sum, { elapsedMs }) => sum + elapsedMs.size, 0);
    const all = known.reduce((sum, { total }) => sum + total, 0);
    const files = countText(this.#files, "file");
    return `${finished} of ${countText(all, "variant")} finished; ${known.length} of ${files} uploaded`;
  }
}
