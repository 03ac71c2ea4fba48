import type { Missing } from "./measure/contest.ts";

/** A quality, and the similarity of its picture to the original. */
export interface Found {
  readonly quality: number;
  /** SSIM; 1 for equal pictures. */
  readonly similarity: number;
}

/**
 * Returns the lowest quality in `range` whose picture reaches the SSIM `target`, or the highest of the range when none
 * does. `at` makes the picture of a quality, or returns the reason why it cannot.
 */
export async function equalQuality(
  at: (quality: number) => Promise<Found | Missing>,
  target: number,
  [lowest, highest]: readonly [number, number],
): Promise<Found | Missing> {
  let best = await at(highest);
  let [low, high] = [lowest, highest];
  while (low < high && !("missing" in best) && best.similarity >= target) {
    const middle = Math.floor((low + high) / 2);
    const found = await at(middle);
    if ("missing" in found) return found;
    if (found.similarity < target) low = middle + 1;
    else [high, best] = [middle, found];
  }
  return best;
}
