import type { Clock } from "@henkan/local-cloud/testing";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  cancel: () => void;
}

/** A clock that runs `speed` times as fast as real time and can skip time in which nothing happens. */
export class HurriedClock implements Clock {
  readonly #speed: number;
  readonly #begin = Date.now();
  readonly #timers = new Set<Timer>();
  #skipped = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  now(): number {
    return Math.floor(this.#begin + (Date.now() - this.#begin) * this.#speed + this.#skipped);
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer: Timer = { at: this.now() + Math.max(0, milliseconds), callback, cancel: () => {} };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  /** Sets the clock to the time of the next timer. */
  skip(): void {
    const next = Math.min(...[...this.#timers].map(({ at }) => at));
    if (next === Infinity || next <= this.now()) return;
    this.#skipped += next - this.now();
    for (const timer of this.#timers) {
      timer.cancel();
      this.#arm(timer);
    }
  }

  #arm(timer: Timer): void {
    const handle = setTimeout(
      () => {
        this.#timers.delete(timer);
        timer.callback();
      },
      Math.max(0, (timer.at - this.now()) / this.#speed),
    );
    timer.cancel = () => clearTimeout(handle);
  }
}
