import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../lambda-function.ts";

/** A CloudWatch metric, as alarms and dashboards name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The only region of CloudFront's metrics; an alarm must be in the region of its metric. */
export const cdnMetricsRegion = "us-east-1";

/** The `service` dimension of the functions' own metrics. */
export const services = { convert: "convert", uploadApi: "upload-api" } as const;

/** Returns a metric of the invocations through the alias. */
export function lambdaMetric(
  { function: { name: functionName }, alias }: LambdaFunction,
  name: string,
): Metric {
  const Resource = pulumi.interpolate`${functionName}:${alias.name}`;
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName, Resource } };
}

/**
 * Returns a metric of the invocations through the alias that the newest version answered. Lambda measures versions
 * separately while the alias has two, https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.
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

/** Returns a metric that the functions send themselves, see `handlers/observability.ts`. */
export function ownMetric(dimensions: Readonly<Record<string, pulumi.Input<string>>>, name: string): Metric {
  return { namespace: "Henkan", name, dimensions };
}

/** Returns the dimensions of each metric that a converter's function sends. */
export function converterDimensions({ name, function: lambda }: { name: string; function: LambdaFunction }) {
  return { service: services.convert, function: lambda.function.name, converter: name };
}

/** Returns the dimensions of each metric that the upload API's function sends. */
export function uploadApiDimensions({ function: lambda }: { readonly function: LambdaFunction }) {
  return { service: services.uploadApi, function: lambda.function.name };
}
