import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { trialIdStart } from "../contract/keys.ts";
import { denyInsecureTransport, type PolicyStatement, policyDocument } from "./policies.ts";
import { PrivateBucket } from "./private-bucket.ts";
import type { StageContext } from "./stage.ts";

/** How long the upload API's presigned URLs are valid, in seconds. */
export interface UploadExpiry {
  /** For a file that is sent at once. */
  readonly put: number;
  /** For a file that is sent in parts: all parts must arrive in this time, even over a slow line. */
  readonly multipart: number;
}

export interface UploadBucketArgs {
  readonly stage: StageContext;
  /** How long uploads are kept, in days; for ever when absent. */
  readonly expireDays: number | undefined;
  /** Origins whose pages may upload. */
  readonly allowedOrigins: readonly pulumi.Input<string>[];
  readonly expirySeconds: UploadExpiry;
}

/** The difference accepted between the clock that signed a URL and the clock that checks it. */
const clockToleranceSeconds = 60;

/** The bucket that clients upload to, by presigned URL only. */
export class UploadBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  readonly policy: aws.s3.BucketPolicy;

  constructor(name: string, args: UploadBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:storage:UploadBucket", name, {}, opts);
    const { stage, expireDays, allowedOrigins, expirySeconds } = args;
    const { protect, noncurrentExpireDays, keys } = stage;
    // A pre-traffic hook that is killed during a trial leaves its uploads.
    const trials = { prefix: trialIdStart, days: 1 };
    const expirations = expireDays === undefined ? [trials] : [{ prefix: "", days: expireDays }, trials];
    const storage = new PrivateBucket(
      name,
      { protect, noncurrentExpireDays, keyArn: keys?.storage.arn, expirations },
      { parent: this },
    );
    this.bucket = storage.bucket;
    const objects = pulumi.interpolate`${this.bucket.arn}/*`;
    this.policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: this.bucket.bucket,
        policy: policyDocument(
          denyInsecureTransport("s3:*", [this.bucket.arn, objects]),
          denyOldSignatures(objects, Math.max(...Object.values(expirySeconds)) + clockToleranceSeconds),
        ),
      },
      { parent: this },
    );
    if (allowedOrigins.length > 0) {
      new aws.s3.BucketCorsConfiguration(
        `${name}-cors`,
        {
          bucket: this.bucket.bucket,
          corsRules: [
            {
              allowedOrigins: [...allowedOrigins],
              // A file or its parts, the completion of a multipart upload, and its end without one.
              allowedMethods: ["PUT", "POST", "DELETE"],
              allowedHeaders: ["content-type", "if-none-match", "x-amz-*"],
              exposeHeaders: ["etag"],
              maxAgeSeconds: 3600,
            },
          ],
        },
        { parent: this },
      );
    }
    this.registerOutputs({ bucket: this.bucket });
  }
}

/** Refuses older signatures, however long a leaked key lets a URL live. `s3:signatureAge` is in milliseconds. */
function denyOldSignatures(objects: pulumi.Input<string>, seconds: number): PolicyStatement {
  return {
    Sid: "DenyOldSignatures",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: objects,
    Condition: { NumericGreaterThan: { "s3:signatureAge": String(seconds * 1000) } },
  };
}
