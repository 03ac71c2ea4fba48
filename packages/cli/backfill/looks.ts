const shortestMs = 1_000;
const longestMs = 30_000;

/**
 * How long after a look, in milliseconds, an upload whose event went out `ageMs` before is looked at again: half its
 * age, so that what is made at once is seen at once and a long queue is not asked about all the time. Never more than
 * half of `patienceMs`, in which something must be seen to happen.
 */
export function msToNextLook(ageMs: number, patienceMs: number): number {
  const most = Math.min(longestMs, patienceMs / 2);
  return Math.min(most, Math.max(shortestMs, ageMs / 2));
}

/** Looks at an upload until it is seen to be finished, `ageMs` after its event went out. */
export function looksUntil(ageMs: number): number {
  let looks = 0;
  for (let lookAt = 0; lookAt < ageMs; looks++) lookAt += msToNextLook(lookAt, Number.POSITIVE_INFINITY);
  return looks;
}
