/** Time as the local cloud sees it; tests put their own in its place. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Longest delay `setTimeout` keeps, https://nodejs.org/api/timers.html#settimeoutcallback-delay-args. */
const maxDelay = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), maxDelay));
    return () => clearTimeout(timer);
  },
};
