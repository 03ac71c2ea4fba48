const shortestMs = 1_000;
const longestMs = 30_000;

/**
 * Returns the time in milliseconds until the next check of an upload whose event was published `ageMs` ago: half its age.
 * So a quick conversion is noticed soon, and a long queue causes few requests. It is never more than half of `patienceMs`,
 * so that at least two checks fit into that time.
 */
export function msToNextLook(ageMs: number, patienceMs: number): number {
  const most = Math.min(longestMs, patienceMs / 2);
  return Math.min(most, Math.max(shortestMs, ageMs / 2));
}

/** Returns the number of checks until an upload is known to be finished that takes `ageMs` from its event. */
export function looksUntil(ageMs: number): number {
  let looks = 0;
  for (let lookAt = 0; lookAt < ageMs; looks++) lookAt += msToNextLook(lookAt, Number.POSITIVE_INFINITY);
  return looks;
}
