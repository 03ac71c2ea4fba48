/** A response of an origin, and the times of its storage and expiry. */
export interface CachedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A cache of responses by path. It evicts the least recently used ones when their bodies exceed `maxBytes`. */
export class ResponseCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, CachedResponse>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the response of a path; undefined when there is none or it has expired. */
  get(path: string, now: number): CachedResponse | undefined {
    const entry = this.#entries.get(path);
    if (!entry) return undefined;
    this.#delete(path, entry);
    if (entry.expiresAt <= now) return undefined;
    this.#insert(path, entry);
    return entry;
  }

  /** Stores the response of a path in place of an earlier one. */
  put(path: string, entry: CachedResponse): void {
    const replaced = this.#entries.get(path);
    if (replaced) this.#delete(path, replaced);
    this.#insert(path, entry);
    for (const [oldest, { body }] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= body.length;
    }
  }

  #insert(path: string, entry: CachedResponse): void {
    this.#entries.set(path, entry);
    this.#bytes += entry.body.length;
  }

  #delete(path: string, entry: CachedResponse): void {
    this.#entries.delete(path);
    this.#bytes -= entry.body.length;
  }
}
