import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface PrivateBucketArgs {
  /** Protects the bucket from `pulumi destroy`, and from being deleted while it holds objects. */
  readonly protect: boolean;
  /** How long overwritten and deleted objects can be recovered, in days. */
  readonly noncurrentExpireDays: pulumi.Input<number>;
  /** Deletes the objects with a prefix after so many days; `""` matches every object. */
  readonly expirations: readonly { readonly prefix: string; readonly days: pulumi.Input<number> }[];
  /** The customer managed key of the objects; S3's own key when absent. */
  readonly keyArn?: pulumi.Input<string> | undefined;
}

/** A versioned, encrypted bucket that no policy and no ACL can make public. Callers attach the bucket policy. */
export class PrivateBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:storage:PrivateBucket", name, {}, opts);
    this.bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { forceDestroy: !args.protect },
      { parent: this, protect: args.protect },
    );
    this.arn = this.bucket.arn;
    const child = { parent: this };
    const bucket = this.bucket.bucket;

    new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [encryptionRule(args.keyArn)] },
      child,
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket, rules: lifecycleRules(args) },
      { parent: this, dependsOn: [versioning] },
    );
    this.registerOutputs({ bucket: this.bucket, arn: this.arn });
  }
}

/** With a bucket key, S3 asks KMS once for many objects. */
function encryptionRule(keyArn: pulumi.Input<string> | undefined) {
  if (!keyArn) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
    bucketKeyEnabled: true,
  };
}

function lifecycleRules({ noncurrentExpireDays, expirations }: PrivateBucketArgs) {
  return [
    {
      id: "tidy",
      status: "Enabled",
      filter: { prefix: "" },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      noncurrentVersionExpiration: { noncurrentDays: noncurrentExpireDays },
      expiration: { expiredObjectDeleteMarker: true },
    },
    ...expirations.map(({ prefix, days }) => ({
      id: `expire-${prefix || "all"}`,
      status: "Enabled",
      filter: { prefix },
      expiration: { days },
    })),
  ];
}
