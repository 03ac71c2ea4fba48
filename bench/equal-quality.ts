import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "./group.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import type { Missing } from "./measure/contest.ts";
import { similarity } from "./similarity.ts";

/** At which quality a contender makes a picture, and how like the original that is. */
export interface Found {
  readonly quality: number;
  /** SSIM, 1 is equal. */
  readonly similarity: number;
}

/** A contender's case that makes a JPEG of `quality` in `out`. */
export type Make = (quality: number, out: string) => CaseSettings | Missing;

/** What `make` makes of the picture at `path`, once; or why it makes nothing. */
export async function similarityAt(
  bench: Bench,
  { path, make, quality }: { readonly path: string; readonly make: Make; readonly quality: number },
): Promise<Found | Missing> {
  const out = join(bench.directory, "quality.jpg");
  await rm(out, { force: true });
  const settings = make(quality, out);
  const once = "missing" in settings ? settings : { ...settings, startUp: undefined };
  const { missing } = await bench.contest([once], { rounds: 1, warmUps: 0 });
  const why = missing?.get(settings.name);
  if (why !== undefined) return { name: settings.name, missing: why };
  return { quality, similarity: await similarity(path, out) };
}

/**
 * The lowest quality in `range` at which the picture at `path` looks as good as `target`, an SSIM; the range's highest
 * when none does.
 */
export async function equalQuality(
  bench: Bench,
  {
    path,
    make,
    target,
    range: [lowest, highest],
  }: {
    readonly path: string;
    readonly make: Make;
    readonly target: number;
    readonly range: readonly [number, number];
  },
): Promise<Found | Missing> {
  let best = await similarityAt(bench, { path, make, quality: highest });
  let [low, high] = [lowest, highest];
  while (low < high && !("missing" in best) && best.similarity >= target) {
    const middle = Math.floor((low + high) / 2);
    const found = await similarityAt(bench, { path, make, quality: middle });
    if ("missing" in found) return found;
    if (found.similarity < target) low = middle + 1;
    else [high, best] = [middle, found];
  }
  return best;
}
