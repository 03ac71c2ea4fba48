/** Returns the next number of a sequence that depends only on its seed, uniform over [0, 2^32). */
export type NextNumber = () => number;

/** Marsaglia's xorshift, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
export function seeded(seed: number): NextNumber {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
