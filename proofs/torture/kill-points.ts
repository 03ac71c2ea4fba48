import { chance } from "./faults/chance.ts";

/**
 * After how many accepted uploads the cloud is killed: one point in each of as many spans of equal length. Where there
 * are more kills than uploads, a point comes several times.
 */
export function killPoints(seed: number, { kills, uploads }: { kills: number; uploads: number }): number[] {
  const span = uploads / (kills + 1);
  return Array.from({ length: kills }, (_, index) =>
    Math.max(1, Math.ceil((index + chance(seed, "kill", index)) * span)),
  );
}
