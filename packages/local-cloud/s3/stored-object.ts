import type { Blob } from "./blobs.ts";
import type { Checksum } from "./checksums.ts";

/** The headers that a client stores with an object. */
export interface ObjectAttributes {
  readonly contentType: string;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
}

/** An object as the store keeps it. */
export interface StoredObject extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
  readonly blobs: readonly Blob[];
}

/** Conditions and companions of a write. */
export interface CommitOptions {
  /** Throws when the object must not replace `existing`; runs in the transaction, so no other write comes between. */
  readonly check?: (existing: StoredObject | undefined) => void;
  /** What it writes to the same database becomes visible together with the object, or not at all. */
  readonly within?: (object: StoredObject) => void;
}
