import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, receiptsPrefix, trialIdStart, uploadIdStart } from "../contract/keys.ts";
import { PrivateBucket, type PrivateBucketArgs } from "./private-bucket.ts";

export interface OutputBucketArgs extends Omit<PrivateBucketArgs, "expirations"> {
  /** Outputs and receipts are kept for ever when absent. */
  readonly expireDays: number | undefined;
}

/** What the converters made, `files/` for the CDN and `receipts/` for the pipeline. The CDN adds its policy. */
export class OutputBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;

  constructor(name: string, args: OutputBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:storage:OutputBucket", name, {}, opts);
    const { protect, noncurrentExpireDays, keyArn, expireDays: days } = args;
    // The files of uploads, and not the CDN's error page beside them.
    const prefixes = [`${filesPrefix}/${uploadIdStart}`, `${receiptsPrefix}/`];
    // A hook that is killed in the middle of a trial leaves what was made so far.
    const trials = [filesPrefix, receiptsPrefix].map((prefix) => ({
      prefix: `${prefix}/${trialIdStart}`,
      days: 1,
    }));
    const expirations =
      days === undefined ? trials : [...prefixes.map((prefix) => ({ prefix, days })), ...trials];
    const storage = new PrivateBucket(
      name,
      { protect, noncurrentExpireDays, keyArn, expirations },
      { parent: this },
    );
    this.bucket = storage.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}
