import { RequestError, type UploadStatus } from "@henkan/client";

/** Decides how long to wait for the variants of one upload. */
export interface Waiting {
  /** Called with every status that has pending variants. True ends the waiting. */
  isOver(status: UploadStatus): boolean;
  /**
   * Returns the status to report when the waiting is over and variants are still pending.
   *
   * @throws {RequestError} to report the whole file as failed
   */
  conclude(status: UploadStatus): UploadStatus;
}

/** Waits for `waitMs` milliseconds from the arrival of an upload, and then reports `timeout`. */
export function withinTime(waitMs: number): (uploadId: string) => Waiting {
  return (uploadId) => {
    const end = performance.now() + waitMs;
    return {
      isOver: () => performance.now() > end,
      conclude: () => {
        throw unfinished(uploadId, waitMs);
      },
    };
  };
}

/** The error for an upload whose variants were pending when the time ran out. */
export function unfinished(uploadId: string, waitMs: number): RequestError {
  return new RequestError(
    "timeout",
    `It has not been converted within ${waitMs / 1000} seconds. Wait on with npm run henkan -- status ${uploadId} --wait`,
  );
}

/** Milliseconds in which the other converters can finish a file that one of them failed on. */
const graceMs = 3_000;

/**
 * Waits until a converter has failed on the upload, since the pipeline retries only after minutes. The variants that are
 * pending after the grace are then reported as failed.
 *
 * @param reasonOf returns why the pipeline will retry an upload, and undefined for one that it has not failed on
 */
export function untilRetry(
  reasonOf: (uploadId: string) => string | undefined,
): (uploadId: string) => Waiting {
  return (uploadId) => {
    let pending = Number.POSITIVE_INFINITY;
    let changedAt = 0;
    return {
      isOver: ({ variants }) => {
        const stillPending = variants.filter(({ state }) => state === "pending").length;
        if (stillPending < pending || reasonOf(uploadId) === undefined) changedAt = performance.now();
        pending = stillPending;
        return performance.now() - changedAt > graceMs;
      },
      conclude: (status) => {
        const message = reasonOf(uploadId) ?? "the conversion did not finish";
        const error = { code: "conversion-error", message };
        const variants = status.variants.map((variant) =>
          variant.state === "pending" ? { ...variant, state: "failed" as const, error } : variant,
        );
        return { ...status, variants };
      },
    };
  };
}
