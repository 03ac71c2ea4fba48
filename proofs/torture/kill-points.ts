import { chance } from "./faults/chance.ts";

/**
 * Returns the numbers of accepted uploads after which the cloud is killed, one in each of `kills` spans of equal length.
 * When there are more kills than uploads, a number occurs several times.
 */
export function killPoints(seed: number, { kills, uploads }: { kills: number; uploads: number }): number[] {
  const span = uploads / (kills + 1);
  return Array.from({ length: kills }, (_, index) =>
    Math.max(1, Math.ceil((index + chance(seed, "kill", index)) * span)),
  );
}
