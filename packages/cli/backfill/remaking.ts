import { forEachConcurrently } from "@henkan/client";
import type { Receipt } from "../../../contract/receipt.ts";
import type { Ledger, OutstandingUpload } from "./ledger.ts";
import { msToNextLook } from "./looks.ts";

/** A variant whose conversion failed permanently. */
export interface FailedVariant {
  readonly key: string;
  readonly variant: string;
  readonly code: string;
  readonly message: string;
}

/** The state of a backfill that is running or has ended. */
export interface BackfillOutcome {
  /** Uploads whose events were published. */
  readonly published: number;
  /** The other uploads of the plan. */
  readonly unpublished: number;
  /** Variants of the published uploads. */
  readonly ready: number;
  readonly failed: number;
  readonly pending: number;
  /** The first 10 failed variants. */
  readonly failures: readonly FailedVariant[];
}

export interface RemakingOptions {
  /** Uploads in the ledger. */
  readonly total: number;
  readonly publish: (upload: OutstandingUpload) => Promise<void>;
  /** Returns the receipt of a variant; undefined until there is one for this upload and the present settings. */
  readonly receiptOf: (upload: OutstandingUpload, variant: string) => Promise<Receipt | undefined>;
  /** The most events per second. */
  readonly rate: number;
  /** The backfill ends when no variant gets finished for this time, in milliseconds. */
  readonly patienceMs: number;
  /** Returns the time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Rejects when the backfill is interrupted. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called after every step, so that a caller that catches an error knows the progress. */
  readonly onProgress: (outcome: BackfillOutcome) => void;
}

/** The most uploads that are published and unfinished at a time. A client's new upload waits behind no more than these. */
export const uploadsUnderWay = 500;

const shownFailures = 10;
const receiptsAtOnce = 32;
/** Batches of events per second. The events of a batch are published in parallel, to hide the round trip to SNS. */
const publicationsASecond = 10;
/** The time between two checks of the uploads that are due. */
const pollMs = 500;

/** An upload whose event was published, with the variants that have no receipt yet. Times are as `now` returns them. */
interface UploadUnderWay {
  readonly upload: OutstandingUpload;
  readonly publishedAt: number;
  readonly lookAt: number;
}

/**
 * Publishes the events of a ledger's uploads at a bounded rate and follows their receipts. While no variant gets finished
 * it publishes no more events, and after `patienceMs` it ends.
 */
export async function remake(ledger: Ledger, options: RemakingOptions): Promise<BackfillOutcome> {
  const { publish, receiptOf, rate, patienceMs, now, sleep, onProgress, total } = options;
  const underWay = new Map<string, UploadUnderWay>();
  const done = { published: 0, ready: 0, failed: 0, pending: 0 };
  const failures: FailedVariant[] = [];
  const outcome = (): BackfillOutcome => ({ ...done, unpublished: total - done.published, failures });
  const uploads = ledger.read()[Symbol.asyncIterator]();
  const atOnce = Math.ceil(rate / publicationsASecond);
  let isAllPublished = false;
  let nextPublishAt = now();

  async function take(count: number): Promise<OutstandingUpload[]> {
    const taken: OutstandingUpload[] = [];
    while (taken.length < count && !isAllPublished) {
      const next = await uploads.next();
      if (next.done) isAllPublished = true;
      else taken.push(next.value);
    }
    return taken;
  }

  function follow(upload: OutstandingUpload, publishedAt: number): void {
    const lookAt = now() + msToNextLook(now() - publishedAt, patienceMs);
    underWay.set(upload.key, { upload, publishedAt, lookAt });
  }

  async function publishUntil(deadline: number): Promise<void> {
    while (!isAllPublished && underWay.size < uploadsUnderWay && nextPublishAt < deadline) {
      await sleep(Math.max(0, nextPublishAt - now()));
      const batch = await take(Math.min(atOnce, uploadsUnderWay - underWay.size));
      // A pause is not made up for by a higher rate.
      nextPublishAt = Math.max(nextPublishAt, now()) + (batch.length * 1_000) / rate;
      await forEachConcurrently(atOnce, batch, async (upload) => {
        await publish(upload);
        follow(upload, now());
        done.published++;
        done.pending += upload.variants.length;
        onProgress(outcome());
      });
    }
  }

  function conclude({ key }: OutstandingUpload, receipt: Receipt): void {
    done[receipt.state]++;
    done.pending--;
    if (receipt.state === "ready" || failures.length === shownFailures) return;
    failures.push({ key, variant: receipt.variant, ...receipt.error });
  }

  /** Looks at the uploads whose turn comes by `time`; how many of their variants have been finished. */
  async function lookAtThose(time: number): Promise<number> {
    const pendingBefore = done.pending;
    const due = [...underWay.values()].filter(({ lookAt }) => lookAt <= time);
    await forEachConcurrently(receiptsAtOnce, due, async ({ upload, publishedAt }) => {
      const left: string[] = [];
      for (const variant of upload.variants) {
        const receipt = await receiptOf(upload, variant);
        if (receipt) conclude(upload, receipt);
        else left.push(variant);
      }
      if (left.length === 0) underWay.delete(upload.key);
      else follow({ ...upload, variants: left }, publishedAt);
    });
    return pendingBefore - done.pending;
  }

  async function untilFinished(): Promise<BackfillOutcome> {
    let lastStepAt = now();
    for (;;) {
      const publishedBefore = done.published;
      const pollAt = now() + pollMs;
      await publishUntil(pollAt);
      await sleep(Math.max(0, pollAt - now()));
      const isLastLook = now() - lastStepAt > patienceMs;
      const finished = await lookAtThose(isLastLook ? Number.POSITIVE_INFINITY : now());
      onProgress(outcome());
      if (isAllPublished && underWay.size === 0) return outcome();
      if (finished > 0 || done.published > publishedBefore) lastStepAt = now();
      else if (isLastLook) return outcome();
    }
  }

  try {
    return await untilFinished();
  } finally {
    await uploads.return?.();
  }
}
