import { type Cost, costOf, sumOfUsages, usageOfWorkload, type Workload } from "../cost/index.ts";
import { looksUntil } from "./looks.ts";

/** Assumed: the time from an event to the receipts of its upload, in milliseconds. Behind a backlog it is longer. */
const finishedAfterMs = 10_000;

/**
 * Returns what a backfill would cost on AWS: the events of `uploads` uploads, the work of the converters, and the reads
 * of this command that wait for the receipts.
 */
export function estimate(uploads: number, workload: Workload): Cost {
  const work = usageOfWorkload(workload);
  const variants = workload.reduce((total, { variants }) => total + variants, 0);
  return costOf(
    sumOfUsages([work, { snsPublishes: uploads, s3Gets: variants * looksUntil(finishedAfterMs) }]),
  );
}

/** Returns what the requests of a plan have cost, in US dollars. */
export function costOfRequests({ list, get }: { readonly list: number; readonly get: number }): number {
  return costOf({ s3Puts: list, s3Gets: get }).total;
}
