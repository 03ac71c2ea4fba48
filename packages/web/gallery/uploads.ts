import type { UploadStatus } from "../../../contract/upload-api.ts";

/** A file that has just been uploaded. */
export interface NewUpload {
  readonly id: string;
  /** As the file was called where it came from. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Names of the variants to come. */
  readonly variants: readonly string[];
}

/** An upload as the gallery shows it. */
export interface GalleryUpload extends NewUpload {
  /** What the API said last; nothing yet when absent. */
  readonly status?: UploadStatus;
  /** Why the status is not known any better: a sentence. */
  readonly problem?: string;
  /** The stage keeps uploads for a time, and this one's has passed. */
  readonly isGone?: boolean;
}

const storageKey = "henkan.uploads";
const mostKept = 100;

/** The uploads made on this page, newest first, kept in the browser across reloads. */
export class GalleryUploads {
  #all: readonly GalleryUpload[] = read();
  readonly #listeners = new Set<() => void>();

  get all(): readonly GalleryUpload[] {
    return this.#all;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(upload: NewUpload): void {
    this.#set([upload, ...this.#all].slice(0, mostKept));
  }

  change(id: string, change: Partial<GalleryUpload>): void {
    this.#set(this.#all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }

  clear(): void {
    this.#set([]);
  }

  #set(all: readonly GalleryUpload[]): void {
    this.#all = all;
    write(all);
    for (const listener of this.#listeners) listener();
  }
}

export function isSettled({ status, isGone }: GalleryUpload): boolean {
  return isGone || (status !== undefined && status.state !== "converting");
}

/** What an earlier visit left; entries of another version of the page are dropped. */
function read(): readonly GalleryUpload[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isUpload) : [];
  } catch (error) {
    // A browser that keeps nothing for this site, or somebody else's text under our key: the list starts anew.
    console.warn("Earlier uploads could not be read", error);
    return [];
  }
}

function isUpload(value: unknown): value is GalleryUpload {
  const upload = value as Partial<GalleryUpload> | null;
  return (
    typeof upload?.id === "string" &&
    typeof upload.name === "string" &&
    typeof upload.bytes === "number" &&
    Array.isArray(upload.variants)
  );
}

function write(all: readonly GalleryUpload[]): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(all));
  } catch (error) {
    console.warn("Uploads are not remembered after a reload", error);
  }
}
