import { chance } from "./faults/chance.ts";
import type { RoundReport } from "./report.ts";

/** Every seed is smaller than this. */
export const seeds = 2 ** 31;

/** The finished rounds, and the error that ended the run, if there was one. */
export interface Rounds {
  readonly finished: readonly RoundReport[];
  readonly failure?: { readonly seed: number; readonly cause: unknown };
}

/**
 * Runs rounds one after the other, each with a seed that follows from the previous one, until `end` (milliseconds since
 * the epoch) has passed. An interruption or an error ends the current round; the result contains the finished rounds.
 *
 * @throws the reason of the interruption when no round was finished before it
 */
export async function runRounds(
  runRound: (seed: number) => Promise<RoundReport>,
  { firstSeed, end, interruption }: { firstSeed: number; end: number; interruption: AbortSignal },
): Promise<Rounds> {
  const finished: RoundReport[] = [];
  let seed = firstSeed;
  do {
    try {
      finished.push(await runRound(seed));
    } catch (cause) {
      if (!interruption.aborted) return { finished, failure: { seed, cause } };
      if (finished.length === 0) throw cause;
    }
    seed = Math.floor(chance(seed, "next") * seeds);
  } while (Date.now() < end && !interruption.aborted);
  return { finished };
}
