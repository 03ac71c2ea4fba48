import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../lambda-function.ts";

/** A CloudWatch metric, as alarms and dashboards name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
}

/** CloudFront's metrics are in this region alone, and an alarm must be where its metric is. */
export const cdnMetricsRegion = "us-east-1";

/** Services under which the functions' own metrics are counted. */
export const services = { convert: "convert", uploadApi: "upload-api" } as const;

/** Of invocations through the alias. */
export function lambdaMetric(
  { function: { name: functionName }, alias }: LambdaFunction,
  name: string,
): Metric {
  const Resource = pulumi.interpolate`${functionName}:${alias.name}`;
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName, Resource } };
}

/**
 * Of those invocations through the alias that the newest version answered. Lambda measures versions apart while the
 * alias has two, https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.
 */
export function newestVersionMetric(lambda: LambdaFunction, name: string): Metric {
  const { dimensions, ...metric } = lambdaMetric(lambda, name);
  return { ...metric, dimensions: { ...dimensions, ExecutedVersion: lambda.function.version } };
}

export function queueMetric({ name: QueueName }: aws.sqs.Queue, name: string): Metric {
  return { namespace: "AWS/SQS", name, dimensions: { QueueName } };
}

export function apiMetric({ id: ApiId }: aws.apigatewayv2.Api, name: string): Metric {
  return { namespace: "AWS/ApiGateway", name, dimensions: { ApiId, Stage: "$default" } };
}

export function cdnMetric({ id: DistributionId }: aws.cloudfront.Distribution, name: string): Metric {
  return { namespace: "AWS/CloudFront", name, dimensions: { DistributionId, Region: "Global" } };
}

/** What the functions measure themselves, see `handlers/observability.ts`. */
export function ownMetric(dimensions: Readonly<Record<string, pulumi.Input<string>>>, name: string): Metric {
  return { namespace: "Henkan", name, dimensions };
}

/** The dimensions of everything a converter measures. */
export function converterDimensions(converter: string) {
  return { service: services.convert, stage: pulumi.getStack(), converter };
}

export function uploadApiDimensions() {
  return { service: services.uploadApi, stage: pulumi.getStack() };
}
