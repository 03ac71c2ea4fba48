import type * as aws from "@pulumi/aws";
import { permanentErrorCodes } from "../../contract/error-codes.ts";
import type { ConverterQueue } from "../converter-queue.ts";
import type { Converter } from "../converters.ts";
import type { LambdaFunction } from "../lambda-function.ts";
import {
  apiMetric,
  cdnMetric,
  cdnMetricsRegion,
  converterDimensions,
  lambdaMetric,
  type Metric,
  ownMetric,
  queueMetric,
  uploadApiDimensions,
} from "../monitoring/metrics.ts";
import { type GraphLine, graphWidget, percentiles } from "./graph.ts";
import type { Row, Widget } from "./layout.ts";

export interface MonitoredApi {
  readonly api: aws.apigatewayv2.Api;
  readonly function: LambdaFunction;
}

export function converterRow(converter: Converter, region: string): Row {
  const { name, function: lambda, queue } = converter;
  const dimensions = converterDimensions(converter);
  const counted = (metric: string, label: string, more = {}): GraphLine => ({
    metric: ownMetric({ ...dimensions, ...more }, metric),
    statistic: "Sum",
    label,
  });
  return {
    heading: name,
    widgets: [
      graphWidget({ title: "Conversions", region, left: "Variants" }, [
        counted("Conversions", "ready", { result: "ready" }),
        ...permanentErrorCodes.map((code) => counted("Conversions", code, { code })),
        counted("SkippedDuplicates", "skipped"),
      ]),
      graphWidget({ title: "Duration", region, left: "Milliseconds" }, [
        ...percentiles(ownMetric(dimensions, "ConversionDuration"), "variant"),
        ...percentiles(lambdaMetric(lambda, "Duration"), "invocation"),
      ]),
      queueGraph(queue, region),
      failuresGraph(lambda, dimensions, region),
    ],
  };
}

function queueGraph({ queue, deadLetterQueue, undelivered }: ConverterQueue, region: string): Widget {
  const depth = (of: aws.sqs.Queue, metric: string, label: string): GraphLine => ({
    metric: queueMetric(of, metric),
    statistic: "Maximum",
    label,
  });
  return graphWidget({ title: "Queue", region, left: "Messages", right: "Seconds" }, [
    depth(queue, "ApproximateNumberOfMessagesVisible", "waiting"),
    depth(queue, "ApproximateNumberOfMessagesNotVisible", "in flight"),
    depth(deadLetterQueue, "ApproximateNumberOfMessagesVisible", "dead letters"),
    depth(undelivered, "ApproximateNumberOfMessagesVisible", "undelivered"),
    { ...depth(queue, "ApproximateAgeOfOldestMessage", "oldest"), axis: "right" },
  ]);
}

function failuresGraph(lambda: LambdaFunction, dimensions: Metric["dimensions"], region: string): Widget {
  const sum = (metric: GraphLine["metric"], label: string): GraphLine => ({
    metric,
    statistic: "Sum",
    label,
  });
  return graphWidget({ title: "Errors and concurrency", region, left: "Count", right: "Environments" }, [
    sum(ownMetric(dimensions, "UnclassifiedErrors"), "unclassified errors"),
    sum(lambdaMetric(lambda, "Errors"), "failed invocations"),
    sum(lambdaMetric(lambda, "Throttles"), "throttles"),
    sum(ownMetric(dimensions, "ColdStarts"), "cold starts"),
    {
      metric: lambdaMetric(lambda, "ConcurrentExecutions"),
      statistic: "Maximum",
      label: "concurrency",
      axis: "right",
    },
  ]);
}

export function apiRow(monitored: MonitoredApi, region: string): Row {
  const { api, function: lambda } = monitored;
  const requests = (metric: string): GraphLine => ({
    metric: apiMetric(api, metric),
    statistic: "Sum",
    label: metric,
  });
  return {
    heading: "Upload API",
    widgets: [
      graphWidget({ title: "Requests", region, left: "Requests" }, ["Count", "4xx", "5xx"].map(requests)),
      graphWidget({ title: "Latency", region, left: "Milliseconds" }, [
        ...percentiles(apiMetric(api, "Latency"), "request"),
        ...percentiles(lambdaMetric(lambda, "Duration"), "invocation"),
      ]),
      failuresGraph(lambda, uploadApiDimensions(monitored), region),
    ],
  };
}

export function cdnRow(distribution: aws.cloudfront.Distribution): Row {
  const region = cdnMetricsRegion;
  const line = (metric: string, statistic: string, label: string): GraphLine => ({
    metric: cdnMetric(distribution, metric),
    statistic,
    label,
  });
  return {
    heading: "CDN",
    widgets: [
      graphWidget({ title: "Requests", region, left: "Requests" }, [line("Requests", "Sum", "requests")]),
      graphWidget({ title: "Bytes", region, left: "Bytes" }, [line("BytesDownloaded", "Sum", "downloaded")]),
      graphWidget({ title: "Errors", region, left: "Percent of requests" }, [
        line("4xxErrorRate", "Average", "4xx"),
        line("5xxErrorRate", "Average", "5xx"),
      ]),
    ],
  };
}
