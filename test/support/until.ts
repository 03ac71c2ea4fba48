const patienceMs = 40_000;
const pollMs = 20;

/**
 * Polls until `condition` holds.
 *
 * @throws {Error} when it does not hold for 40 seconds
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
