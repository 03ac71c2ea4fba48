import { createHash } from "node:crypto";

/** Returns a number in [0, 1) that depends only on `parts`, so neither the order nor the time of the calls matters. */
export function chance(...parts: readonly (string | number)[]): number {
  return createHash("sha256").update(JSON.stringify(parts)).digest().readUIntBE(0, 6) / 2 ** 48;
}
