import { ProgramError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** A rule of `aws.s3.BucketLifecycleConfiguration`, without the settings for old versions: the local S3 has none. */
export interface LifecycleRule {
  readonly id: string;
  readonly status: string;
  readonly filter?: { readonly prefix?: string };
  readonly expiration?: { readonly days?: number };
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
}

const dayMs = 24 * 3600 * 1000;

/**
 * Deletes the objects and the multipart uploads in progress that have expired at `now` by the enabled rules of their
 * buckets.
 *
 * @throws {ProgramError} for a rule with a filter other than a prefix
 */
export function applyLifecycle(
  store: ObjectStore,
  rulesByBucket: ReadonlyMap<string, readonly LifecycleRule[]>,
  now: Date,
): void {
  for (const [bucket, rules] of rulesByBucket) {
    for (const rule of rules.filter(({ status }) => status === "Enabled")) {
      const prefix = prefixOf(rule);
      const objectDays = rule.expiration?.days;
      const uploadDays = rule.abortIncompleteMultipartUpload?.daysAfterInitiation;
      if (objectDays) {
        const expired = [...store.list(bucket, prefix)].filter(
          ({ lastModified }) => endOf(lastModified, objectDays) <= now,
        );
        for (const { key } of expired) store.delete(bucket, key);
      }
      if (uploadDays) {
        const stale = store.uploads
          .list(bucket)
          .filter(({ key, initiated }) => key.startsWith(prefix) && endOf(initiated, uploadDays) <= now);
        for (const { id } of stale) store.uploads.abort(id);
      }
    }
  }
}

/**
 * Returns the time of expiry. S3 adds the days and rounds up to the next midnight UTC,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html.
 */
function endOf(start: Date, days: number): Date {
  return new Date(Math.ceil((start.getTime() + days * dayMs) / dayMs) * dayMs);
}

function prefixOf({ id, filter = {} }: LifecycleRule): string {
  const others = Object.keys(filter).filter((name) => name !== "prefix");
  if (others.length > 0) {
    throw new ProgramError(
      `Lifecycle rule ${id} filters by ${others.join(", ")}; the local S3 supports only a prefix`,
    );
  }
  return filter.prefix ?? "";
}
