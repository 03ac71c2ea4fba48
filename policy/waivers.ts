/** An exception from a control, with its reason. A waiver that covers nothing in its stages is itself a failure. */
export interface Waiver {
  /** An id among a rule's controls. */
  readonly control: string;
  /** The type token of the covered resources, or the end of their logical names after a `-`, or the whole name. */
  readonly resource: string;
  /** Every stage when absent. */
  readonly stages?: readonly string[];
  readonly reason: string;
}

const trialStages = ["dev", "test"];

export const waivers: readonly Waiver[] = [
  {
    control: "CloudFront.15",
    resource: "cdn-distribution",
    reason: "A certificate needs a domain, which is the operator's to choose; henkan:domain brings TLS 1.2.",
  },
  {
    control: "APIGateway.4",
    resource: "upload-api-stage",
    reason: "AWS WAF takes no HTTP APIs. Every route is authorised and the stage is throttled.",
  },
  {
    control: "S3.9",
    resource: "access-logs-bucket",
    stages: ["prod"],
    reason: "Its own access logs in it would make more of them without end.",
  },
  {
    control: "S3.17",
    resource: "access-logs-bucket",
    stages: ["prod"],
    reason: "S3 and CloudFront promise to deliver logs to buckets with S3's own keys alone.",
  },
  {
    control: "S3.9",
    resource: "aws:s3/bucket:Bucket",
    stages: trialStages,
    reason: "Trial data expires within weeks, so reads need no proof.",
  },
  {
    control: "CloudFront.5",
    resource: "cdn-distribution",
    stages: trialStages,
    reason: "Trial data expires within weeks, so reads need no proof.",
  },
  {
    control: "CloudFront.6",
    resource: "cdn-distribution",
    stages: trialStages,
    reason: "A web ACL costs a fixed sum each month, and no public traffic comes here.",
  },
  {
    control: "SNS.1",
    resource: "aws:sns/topic:Topic",
    stages: trialStages,
    reason: "Events hold keys of trial data, not contents; SNS encrypts its disks with keys of its own.",
  },
  ...["operations-topic", "operations-us-east-1-topic"].map((resource) => ({
    control: "SNS.1",
    resource,
    stages: ["prod"],
    reason: "Alarms hold names and numbers, no contents; they would need a key of their own in each Region.",
  })),
  {
    control: "CloudWatch.16",
    resource: "aws:cloudwatch/logGroup:LogGroup",
    stages: trialStages,
    reason: "Logs of trials are read within days.",
  },
];
