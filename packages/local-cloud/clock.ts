/** The time of queues and topics. Tests replace it with a time of their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `milliseconds`. Returns a function that cancels the call. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The longest delay that `setTimeout` accepts, in milliseconds, https://nodejs.org/api/timers.html#settimeoutcallback-delay-args. */
const maxDelay = 2 ** 31 - 1;

/** The system's time. */
export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), maxDelay));
    return () => clearTimeout(timer);
  },
};
