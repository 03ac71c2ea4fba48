import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";

/** Writes JSON lines at or above the function's log level, each with the invocation's request and trace id. */
export const logger = new Logger();

/** Sends the metrics of an invocation as one line when it ends. */
export const metrics = new Metrics({ namespace: "Henkan" });

/**
 * Adds a level and a timestamp, so that metrics get through. Lambda drops lines below the function's log level, and
 * treats a line without these two as INFO:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html.
 */
function keepAtEveryLevel(line: Metrics): Metrics {
  return line.addMetadata("level", logger.getLevelName()).addMetadata("timestamp", new Date().toISOString());
}

/** Adds 1 to the metric `name` at once, under the function's own dimensions joined with each of `dimensionSets`. */
export function increment(name: string, ...dimensionSets: readonly Readonly<Record<string, string>>[]): void {
  const line = keepAtEveryLevel(metrics.singleMetric());
  for (const dimensions of dimensionSets) line.addDimensions(dimensions);
  line.addMetric(name, MetricUnit.Count, 1);
}

/**
 * Counts a failure that the input did not cause. The function answers or retries it, so Lambda's own `Errors` metric
 * does not include it. It is also counted by version, for the alarm that rolls back a release.
 */
export function unclassifiedError(): void {
  const version = process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "$LATEST";
  increment("UnclassifiedErrors", {}, { version });
}

/**
 * Adds the invocation's ids to the log lines of `handler`, and sends the metrics when it ends.
 *
 * @param dimensions dimensions of all its metrics, in addition to `service` and `function`. The function's name on AWS
 * keeps pipelines in one account apart.
 */
export function observed<Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  dimensions: Readonly<Record<string, string>>,
): (event: Event, context: Context) => Promise<Result> {
  const { AWS_LAMBDA_FUNCTION_NAME: name = "unnamed" } = process.env;
  metrics.setDefaultDimensions({ function: name, ...dimensions });
  let cold = true;
  return async (event, context) => {
    logger.addContext(context);
    if (cold) metrics.addMetric("ColdStarts", MetricUnit.Count, 1);
    cold = false;
    try {
      return await handler(event, context);
    } finally {
      if (metrics.hasStoredMetrics()) keepAtEveryLevel(metrics).publishStoredMetrics();
    }
  };
}
