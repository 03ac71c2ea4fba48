import type { S3Client } from "@aws-sdk/client-s3";
import { forEachConcurrently } from "@henkan/client";
import { reaches, type Workload, workloadCounter } from "../cost/index.ts";
import { type Finding, findingOf, s3Receipts } from "./findings.ts";
import type { Ledger, OutstandingUpload } from "./ledger.ts";
import type { StageVariants } from "./stage-variants.ts";
import {
  type Buckets,
  type ListingOptions,
  type UploadWithReceipts,
  uploadsWithReceipts,
} from "./stored-uploads.ts";

/** The work that a backfill would do, and the requests that it took to find it. */
export interface Plan {
  /** Uploads since the given date. */
  readonly uploads: number;
  /** Those of them that at least one wanted variant's converter accepts. */
  readonly matching: number;
  /** Those of them whose events would be published. */
  readonly outstanding: number;
  /** The number of uploads by finding, for each wanted variant in the stage's order. */
  readonly variants: readonly {
    readonly name: string;
    readonly findings: Readonly<Record<Finding, number>>;
  }[];
  /** The work that the events would cause in the converters. */
  readonly workload: Workload;
  /** The requests to S3 that this plan took. */
  readonly requests: { readonly list: number; readonly get: number };
}

export interface PlanOptions extends Omit<ListingOptions, "onRequest"> {
  readonly variants: StageVariants;
  /** Also makes the variants that failed before with the same settings and the same bytes. */
  readonly retryFailed: boolean;
  readonly onProgress: (uploads: number) => void;
}

const receiptsAtOnce = 32;
const uploadsAtOnce = 500;

/** Finds the uploads with variants to make and writes them into the ledger. It changes nothing in the stage. */
export async function makePlan(
  s3: S3Client,
  buckets: Buckets,
  ledger: Ledger,
  { variants, retryFailed, onProgress, since, signal }: PlanOptions,
): Promise<Plan> {
  const requests = { list: 0, get: 0 };
  const readReceipt = s3Receipts(s3, buckets.outputsBucket, { signal, onRequest: () => requests.get++ });
  const counts = new Map(variants.wanted.map(({ name }) => [name, noFindings()]));
  const work = workloadCounter(variants.all);
  const totals = { uploads: 0, matching: 0, outstanding: 0 };
  const isToDo = (finding: Finding) => finding !== "ready" && (finding !== "failed" || retryFailed);

  async function look({ upload, receipts }: UploadWithReceipts): Promise<OutstandingUpload | undefined> {
    const possible = variants.wanted.filter(({ converter }) => reaches(upload.key, converter));
    if (possible.length === 0) return undefined;
    totals.matching++;
    const found = await Promise.all(
      possible.map(async (variant) => {
        const { name } = variant;
        const receipt = receipts.has(name) ? await readReceipt(upload.uploadId, name) : undefined;
        return { name, variant, finding: findingOf(receipt, variant, upload) };
      }),
    );
    for (const { name, finding } of found) {
      const findings = counts.get(name);
      if (findings) findings[finding]++;
    }
    const toDo = found.filter(({ finding }) => isToDo(finding));
    if (toDo.length === 0) return undefined;
    work.add(
      upload,
      toDo.map(({ variant }) => variant),
    );
    const failed = toDo.filter(({ finding }) => finding === "failed");
    return { ...upload, variants: toDo.map(({ name }) => name), failed: failed.map(({ name }) => name) };
  }

  const uploads = uploadsWithReceipts(s3, buckets, { since, signal, onRequest: () => requests.list++ });
  for await (const batch of batches(uploadsAtOnce, uploads)) {
    const found = await forEachConcurrently(receiptsAtOnce, batch, look);
    const outstanding = found.filter((upload) => upload !== undefined);
    await ledger.append(outstanding);
    totals.uploads += batch.length;
    totals.outstanding += outstanding.length;
    onProgress(totals.uploads);
  }
  return {
    ...totals,
    variants: variants.wanted.map(({ name }) => ({ name, findings: counts.get(name) ?? noFindings() })),
    workload: work.total(),
    requests,
  };
}

function noFindings(): Record<Finding, number> {
  return { missing: 0, otherSettings: 0, otherSource: 0, failed: 0, ready: 0 };
}

async function* batches<Item>(size: number, items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
