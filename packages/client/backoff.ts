import { setTimeout } from "node:timers/promises";
import { RequestError } from "./request-error.ts";

const firstDelayMs = 200;
const maxDelayMs = 5_000;

/**
 * Repeats `work` while it fails transiently, `maxAttempts` times at most, after random delays that double: full jitter,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 */
export async function withRetries<Result>(
  work: (attempt: number) => Promise<Result>,
  signal?: AbortSignal,
  maxAttempts = 5,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const isTransient = error instanceof RequestError && error.isTransient;
      if (!isTransient || attempt === maxAttempts) throw error;
    }
    const delayMs = Math.random() * Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
    await setTimeout(delayMs, undefined, { signal });
  }
}
