import type { Blob } from "./blobs.ts";
import type { Checksum } from "./checksums.ts";

/** The headers that a client stores with an object. */
export interface ObjectAttributes {
  readonly contentType: string;
  /** User metadata; the names lack the prefix `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
}

/** An object in the store: its headers, and the blobs that hold its bytes. */
export interface StoredObject extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  /** The size of the whole object. */
  readonly bytes: number;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
  /** In the order of the bytes: one blob, or one for each part of a multipart upload. */
  readonly blobs: readonly Blob[];
}

/** Functions that run in the transaction of a write. */
export interface CommitOptions {
  /**
   * Throws when the object must not replace `existing`, the object that has the same key now. No other write can happen
   * between this check and the write.
   */
  readonly check?: (existing: StoredObject | undefined) => void;
  /** Writes to the same database: its changes become visible together with the object, or not at all. */
  readonly within?: (object: StoredObject) => void;
}
