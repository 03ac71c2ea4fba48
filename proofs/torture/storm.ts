import type { FaultSettings } from "./faults/settings.ts";

/**
 * The faults of a run. They make a message fail at most at its first two receives and once for each of two kills of the
 * cloud. That is one failure less than makes a dead letter, so only poisoned uploads can become dead letters.
 */
export const storm: Omit<FaultSettings, "seed"> = {
  reach: "everyone",
  spareAfterReceives: 2,
  duplicate: 0.1,
  delay: 0.2,
  maxDelayMs: 60_000,
  unacknowledged: 0.03,
  throttle: 0.04,
  slow: 0.03,
  reset: 0.06,
  crash: 0.05,
  timeout: 0.01,
  outOfMemory: 0.02,
  poison: 0.015,
};

/** How often the cloud is killed with -9 in a round. */
export const killsPerRound = 2;
