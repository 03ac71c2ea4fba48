import type { Missing } from "./measure/contest.ts";

/** How like the original a picture of some quality is. */
export interface Found {
  readonly quality: number;
  /** SSIM, 1 is equal. */
  readonly similarity: number;
}

/**
 * The lowest quality in `range` at which a picture is as good as `target`, an SSIM; the range's highest when none is.
 * `at` makes a picture of a quality, or says why it makes none.
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
