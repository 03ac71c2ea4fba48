import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, receiptsPrefix, trialIdStart, uploadIdStart } from "../contract/keys.ts";
import { PrivateBucket } from "./private-bucket.ts";
import type { StageContext } from "./stage.ts";

export interface OutputBucketArgs {
  readonly stage: StageContext;
  /** How long outputs and receipts are kept, in days; for ever when absent. */
  readonly expireDays: number | undefined;
}

/**
 * The bucket of what converters make: `files/` for the CDN and `receipts/` for the pipeline. The CDN attaches the bucket
 * policy.
 */
export class OutputBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;

  constructor(name: string, args: OutputBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:storage:OutputBucket", name, {}, opts);
    const { stage, expireDays: days } = args;
    const { protect, noncurrentExpireDays, keys } = stage;
    // The files of uploads, but not the CDN's error page next to them.
    const prefixes = [`${filesPrefix}/${uploadIdStart}`, `${receiptsPrefix}/`];
    // A pre-traffic hook that is killed during a trial leaves the outputs made so far.
    const trials = [filesPrefix, receiptsPrefix].map((prefix) => ({
      prefix: `${prefix}/${trialIdStart}`,
      days: 1,
    }));
    const expirations =
      days === undefined ? trials : [...prefixes.map((prefix) => ({ prefix, days })), ...trials];
    const storage = new PrivateBucket(
      name,
      { protect, noncurrentExpireDays, keyArn: keys?.storage.arn, expirations },
      { parent: this },
    );
    this.bucket = storage.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}
