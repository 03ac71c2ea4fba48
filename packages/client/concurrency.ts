/**
 * Maps `items` with at most `limit` calls of `work` at a time.
 *
 * @returns the results, in the order of the items
 * @throws the first error of `work`; the other calls continue until their own first error
 * @example
 * const statuses = await forEachConcurrently(4, ids, (id) => client.status(id));
 */
export async function forEachConcurrently<Item, Result>(
  limit: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  });
  await Promise.all(workers);
  return results;
}

/**
 * Returns a function that runs work with at most `limit` calls at a time. Other calls wait, in order.
 *
 * @example
 * const limited = limiter(2);
 * await Promise.all(variants.map((variant) => limited(() => downloadVariant(variant, { directory: "out" }))));
 */
export function limiter(limit: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < limit) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
