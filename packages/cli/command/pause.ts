import { setTimeout } from "node:timers/promises";

/** Resolves after `milliseconds`, or as soon as one of the signals is aborted. */
export async function pause(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  // The only error is that of a signal.
  await setTimeout(milliseconds, undefined, { signal: AbortSignal.any([...signals]) }).catch(() => {});
}
