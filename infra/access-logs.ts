import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowService, denyInsecureTransport, policyDocument } from "./policies.ts";
import { PrivateBucket } from "./private-bucket.ts";
import type { StageContext } from "./stage.ts";

export interface AccessLogsArgs {
  /** The buckets whose requests are logged, by their roles in logical names. */
  readonly buckets: Readonly<Record<string, aws.s3.Bucket>>;
  readonly distribution: aws.cloudfront.Distribution;
  readonly stage: StageContext;
}

/** The only region of CloudFront's log deliveries; the bucket that they write to may be in any region. */
const cloudFrontRegion = "us-east-1";
const serverAccessPrefix = "s3/";

/**
 * The logs of all requests to S3 and CloudFront, in a bucket of their own.
 *
 * CloudFront's standard logging (v2) is used because the legacy one needs ACLs on the bucket. The bucket is encrypted
 * with S3's own keys in every stage, the only keys that S3's log delivery supports,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html.
 */
export class AccessLogs extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;

  constructor(name: string, args: AccessLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:storage:AccessLogs", name, {}, opts);
    const { buckets, distribution, stage } = args;
    const { protect, accountId, logRetentionDays: days } = stage;
    const storage = new PrivateBucket(
      name,
      { protect, noncurrentExpireDays: 1, expirations: [{ prefix: "", days }] },
      { parent: this },
    );
    this.bucket = storage.bucket;
    const source = new aws.cloudwatch.LogDeliverySource(
      `${name}-cdn-source`,
      { region: cloudFrontRegion, logType: "ACCESS_LOGS", resourceArn: distribution.arn },
      { parent: this },
    );
    const policy = this.#policy(`${name}-policy`, Object.values(buckets), source, accountId);
    this.#logDistribution(name, source, policy);
    for (const [role, { bucket }] of Object.entries(buckets)) {
      new aws.s3.BucketLogging(
        `${name}-of-${role}`,
        {
          bucket,
          targetBucket: this.bucket.bucket,
          targetPrefix: serverAccessPrefix,
          targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
        },
        { parent: this, dependsOn: [policy] },
      );
    }
    this.registerOutputs({ bucket: this.bucket });
  }

  #logDistribution(
    name: string,
    source: aws.cloudwatch.LogDeliverySource,
    policy: aws.s3.BucketPolicy,
  ): void {
    const destination = new aws.cloudwatch.LogDeliveryDestination(
      `${name}-cdn-destination`,
      {
        region: cloudFrontRegion,
        outputFormat: "json",
        deliveryDestinationConfiguration: { destinationResourceArn: this.bucket.arn },
      },
      { parent: this },
    );
    new aws.cloudwatch.LogDelivery(
      `${name}-cdn-delivery`,
      {
        region: cloudFrontRegion,
        deliverySourceName: source.name,
        deliveryDestinationArn: destination.arn,
        recordFields: [...recordFields],
        s3DeliveryConfigurations: [
          { suffixPath: "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", enableHiveCompatiblePath: false },
        ],
      },
      { parent: this, dependsOn: [policy] },
    );
  }

  #policy(
    name: string,
    logged: readonly aws.s3.Bucket[],
    source: aws.cloudwatch.LogDeliverySource,
    account: string,
  ): aws.s3.BucketPolicy {
    const { arn, bucket } = this.bucket;
    const policy = policyDocument(
      denyInsecureTransport("s3:*", [arn, pulumi.interpolate`${arn}/*`]),
      allowService(
        "logging.s3.amazonaws.com",
        "s3:PutObject",
        pulumi.interpolate`${arn}/${serverAccessPrefix}*`,
        { arn: logged.map((each) => each.arn), account },
      ),
      allowService(
        "delivery.logs.amazonaws.com",
        "s3:PutObject",
        pulumi.interpolate`${arn}/AWSLogs/${account}/*`,
        { arn: source.arn, account },
      ),
    );
    return new aws.s3.BucketPolicy(name, { bucket, policy }, { parent: this });
  }
}

/**
 * The fields of https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html, without
 * `cs-uri-query` and `cs(Cookie)`: a signed URL is as good as a password until it expires.
 */
const recordFields = [
  "date",
  "time",
  "x-edge-location",
  "sc-bytes",
  "c-ip",
  "cs-method",
  "cs(Host)",
  "cs-uri-stem",
  "sc-status",
  "cs(Referer)",
  "cs(User-Agent)",
  "x-edge-result-type",
  "x-edge-request-id",
  "cs-protocol",
  "time-taken",
  "ssl-protocol",
  "ssl-cipher",
  "x-edge-response-result-type",
  "cs-protocol-version",
  "sc-content-type",
  "sc-content-len",
  "sc-range-start",
  "sc-range-end",
];
