/** An exception from a control, with its reason. A waiver that covers nothing in its stages fails the preview. */
export interface Waiver {
  /** The id of a control that a rule enforces. */
  readonly control: string;
  /** The type token of the resources, or their logical name, with or without the pipeline's name in front. */
  readonly resource: string;
  /** @default every stage */
  readonly stages?: readonly string[];
  readonly reason: string;
}

const trialStages = ["dev", "test"];

export const waivers: readonly Waiver[] = [
  {
    control: "CloudFront.15",
    resource: "cdn-distribution",
    reason:
      "A certificate needs a domain, which the operator chooses; with henkan:domain the CDN requires TLS 1.2.",
  },
  {
    control: "APIGateway.4",
    resource: "upload-api-stage",
    reason: "AWS WAF does not support HTTP APIs. Every route is authorised and the stage is throttled.",
  },
  {
    control: "S3.9",
    resource: "access-logs-bucket",
    stages: ["prod"],
    reason: "Logging its own requests into it would create endless logs.",
  },
  {
    control: "S3.17",
    resource: "access-logs-bucket",
    stages: ["prod"],
    reason: "S3 and CloudFront deliver logs only to buckets with S3's own keys.",
  },
  {
    control: "S3.9",
    resource: "aws:s3/bucket:Bucket",
    stages: trialStages,
    reason: "Trial data expires within weeks, so reads need no log.",
  },
  {
    control: "CloudFront.5",
    resource: "cdn-distribution",
    stages: trialStages,
    reason: "Trial data expires within weeks, so reads need no log.",
  },
  {
    control: "CloudFront.6",
    resource: "cdn-distribution",
    stages: trialStages,
    reason: "A web ACL costs a fixed sum each month, and these stages get no public traffic.",
  },
  {
    control: "SNS.1",
    resource: "aws:sns/topic:Topic",
    stages: trialStages,
    reason: "Events hold keys of trial data, no contents; SNS encrypts its disks with its own keys.",
  },
  ...["operations-topic", "operations-us-east-1-topic"].map((resource) => ({
    control: "SNS.1",
    resource,
    stages: ["prod"],
    reason: "Alarms hold names and numbers, no contents; each Region would need another key.",
  })),
  {
    control: "CloudWatch.16",
    resource: "aws:cloudwatch/logGroup:LogGroup",
    stages: trialStages,
    reason: "Logs of trials are read within days.",
  },
];
