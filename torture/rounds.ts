import { chance } from "../local/faults/chance.ts";
import type { RoundReport } from "./report.ts";

/** Seeds lie below. */
export const seeds = 2 ** 31;

/**
 * Runs one round after the other, each with a seed that follows from the one before, until `end` (milliseconds since
 * the epoch) has passed. An interruption ends the round under way; what was finished before it counts.
 */
export async function runRounds(
  runRound: (seed: number) => Promise<RoundReport>,
  { firstSeed, end, interruption }: { firstSeed: number; end: number; interruption: AbortSignal },
): Promise<RoundReport[]> {
  const rounds: RoundReport[] = [];
  let seed = firstSeed;
  do {
    try {
      rounds.push(await runRound(seed));
    } catch (error) {
      if (!interruption.aborted || rounds.length === 0) throw error;
    }
    seed = Math.floor(chance(seed, "next") * seeds);
  } while (Date.now() < end && !interruption.aborted);
  return rounds;
}
