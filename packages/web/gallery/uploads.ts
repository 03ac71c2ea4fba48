import type { UploadStatus } from "../../../contract/upload-api.ts";

/** A file that has just been uploaded. */
export interface NewUpload {
  readonly id: string;
  /** The name of the file on the person's device. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  /** The names of the announced variants. */
  readonly variants: readonly string[];
}

/** An upload as the gallery shows it. */
export interface GalleryUpload extends NewUpload {
  /** The API's last answer. Absent before the first. */
  readonly status?: UploadStatus;
  /** A sentence on why the last request for the status failed. */
  readonly failure?: string;
  /** True when the stage has deleted the upload, after the days that it keeps uploads. */
  readonly isGone?: boolean;
}

const storageKey = "henkan.uploads";
const mostKept = 100;

/** The uploads of this page, newest first. The browser stores them across reloads. */
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

/** Returns true when the status of an upload will not change any more. */
export function isSettled({ status, isGone }: GalleryUpload): boolean {
  return isGone || (status !== undefined && status.state !== "converting");
}

/** Reads the uploads of earlier visits, without entries of another version of the page. */
function read(): readonly GalleryUpload[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isUpload) : [];
  } catch (error) {
    // The browser stores nothing for this site, or another program wrote to our key. The list starts empty.
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
