import { createHash } from "node:crypto";

/**
 * A number in [0, 1) that follows from `parts` alone: whoever asks the same question again, in whatever order and at
 * whatever time, gets the same answer.
 */
export function chance(...parts: readonly (string | number)[]): number {
  return createHash("sha256").update(JSON.stringify(parts)).digest().readUIntBE(0, 6) / 2 ** 48;
}
