import { awkwardlyNamed } from "./awkward-names.ts";
import { bombFiles } from "./bombs.ts";
import { damagedPngs } from "./damaged-pngs.ts";
import { disguisedFiles } from "./disguised-files.ts";
import { failedSeeds } from "./failed-seeds.ts";
import type { HostileFile } from "./hostile-file.ts";
import { mutatedFile } from "./mutated-files.ts";
import { validPngs } from "./valid-pngs.ts";

export interface CorpusSize {
  /** Seed of the first mutated file; each of the others has the next seed. */
  readonly seed: number;
  readonly mutations: number;
}

export function mutatedFiles({ seed, mutations }: CorpusSize): HostileFile[] {
  return Array.from({ length: mutations }, (_, index) => mutatedFile(seed + index));
}

/** Returns the files that are the same for every seed: all but the mutated ones. */
export function fixedFiles(): HostileFile[] {
  return [
    ...validPngs(),
    ...damagedPngs(),
    ...bombFiles(),
    ...disguisedFiles(),
    ...awkwardlyNamed(),
    ...failedSeeds.map((seed) => ({ ...mutatedFile(seed), kind: "regression" })),
  ];
}

/** Yields the whole corpus; each file is made when it is requested. */
export function corpus(size: CorpusSize): HostileFile[] {
  return [...fixedFiles(), ...mutatedFiles(size)];
}
