import { setTimeout } from "node:timers/promises";
import { RequestError } from "./request-error.ts";

const firstDelayMs = 200;
const maxDelayMs = 5_000;

/**
 * Runs `work` again while it rejects with a transient `RequestError`, after random delays whose limit doubles from 200 ms
 * to 5 s (full jitter, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param work receives the number of the attempt, from 1
 * @param maxAttempts the attempts in total
 * @default maxAttempts 5
 * @throws the error of the last attempt, or the reason of `signal`
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
