/** Chances (0 to 1) and bounds of the faults the local cloud injects; what is absent never happens. */
export interface FaultSettings {
  /** The same seed gives the same sequence of decisions. */
  readonly seed: number;
  /** A message is delivered to its queue a second time. */
  readonly duplicate?: number;
  /** A message becomes visible late, by up to `maxDelayMs`, and so out of order. */
  readonly delay?: number;
  readonly maxDelayMs?: number;
  /** S3 answers 503 SlowDown, SNS answers Throttling. */
  readonly throttle?: number;
  /** A Lambda process is killed in the middle of an invocation. */
  readonly crash?: number;
}

/** Seeded decisions about what goes wrong next. */
export class Faults {
  readonly #settings: FaultSettings;
  #state: number;

  constructor(settings: FaultSettings = { seed: 0 }) {
    this.#settings = settings;
    this.#state = settings.seed >>> 0;
  }

  duplicates(): boolean {
    return this.#happens(this.#settings.duplicate);
  }

  throttles(): boolean {
    return this.#happens(this.#settings.throttle);
  }

  crashes(): boolean {
    return this.#happens(this.#settings.crash);
  }

  /** Milliseconds by which the next message is late. */
  delayMs(): number {
    return this.#happens(this.#settings.delay)
      ? Math.floor(this.fraction() * (this.#settings.maxDelayMs ?? 1000))
      : 0;
  }

  /** The next number in [0, 1), by mulberry32: small, seedable, and even enough for fault injection. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  #happens(chance = 0): boolean {
    return chance > 0 && this.fraction() < chance;
  }
}
