import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "./alarm.ts";
import { apiMetric, cdnMetric, cdnMetricsRegion } from "./metrics.ts";

export interface EdgeAlarmsArgs {
  readonly api: aws.apigatewayv2.Api;
  readonly distribution: aws.cloudfront.Distribution;
  readonly topicArn: pulumi.Input<string>;
  /** The ARN of a topic in the region of CloudFront's metrics. */
  readonly cdnTopicArn: pulumi.Input<string>;
}

/** Ten to fifteen minutes, so that one bad moment with few requests raises no alarm. */
const lasting = { periodSeconds: 300, periods: 3, datapoints: 2 };
/** A share of the requests. */
const tooManyApiFailures = 0.05;
/** Percent of requests, CloudFront's unit. Only S3 is behind the CDN, and it rarely fails. */
const tooManyCdnFailures = 1;
/** A quarter of the timeout: presigning and reading receipts takes far less, even with a cold start. */
const slowMilliseconds = 2_500;

/** The alarms for errors and latency that clients notice in the API and the CDN. */
export class EdgeAlarms extends pulumi.ComponentResource {
  /** The alarms in the stage's own region. */
  readonly api: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: EdgeAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:monitoring:EdgeAlarms", name, {}, opts);
    const { api, distribution, topicArn, cdnTopicArn } = args;
    const child = { parent: this };
    const apiFailures = alarm(
      `${name}-api-5xx-alarm`,
      {
        metrics: [apiMetric(api, "5xx")],
        shareOf: apiMetric(api, "Count"),
        statistic: "Sum",
        threshold: tooManyApiFailures,
        ...lasting,
        description:
          "The upload API answers 5 % of its requests or more with 5xx. Read the errors of upload-api in the log; roll back if they began with a release.",
        runbook: "api-5xx",
        topicArn,
      },
      child,
    );
    const apiLatency = alarm(
      `${name}-api-latency-alarm`,
      {
        metrics: [apiMetric(api, "Latency")],
        statistic: "p99",
        threshold: slowMilliseconds,
        ...lasting,
        description:
          "The slowest requests to the upload API take 2.5 s or more. Compare with the function's duration: slow S3, cold starts, or throttling.",
        runbook: "api-latency",
        topicArn,
      },
      child,
    );
    alarm(
      `${name}-cdn-5xx-alarm`,
      {
        metrics: [cdnMetric(distribution, "5xxErrorRate")],
        statistic: "Average",
        threshold: tooManyCdnFailures,
        ...lasting,
        description:
          "CloudFront answers 1 % of its requests or more with 5xx. Check whether S3 is impaired, and whether the bucket's policy or key still lets CloudFront read.",
        runbook: "cdn-5xx",
        topicArn: cdnTopicArn,
        region: cdnMetricsRegion,
      },
      child,
    );
    this.api = [apiFailures, apiLatency];
    this.registerOutputs({});
  }
}
