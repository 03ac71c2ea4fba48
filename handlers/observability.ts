import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";

/** Writes JSON lines from the function's log level on, each with the invocation's request and trace id. */
export const logger = new Logger();

/** What one invocation measured goes out in one line when it ends. */
export const metrics = new Metrics({ namespace: "Henkan" });

/**
 * Lambda drops lines below the function's log level and takes a line without a level and a timestamp for INFO,
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html: metrics must get through.
 */
function keepAtEveryLevel(line: Metrics): Metrics {
  return line.addMetadata("level", logger.getLevelName()).addMetadata("timestamp", new Date().toISOString());
}

/** Counts one of `name` at once, under the function's own dimensions joined with each of `dimensionSets`. */
export function count(name: string, ...dimensionSets: readonly Readonly<Record<string, string>>[]): void {
  const line = keepAtEveryLevel(metrics.singleMetric());
  for (const dimensions of dimensionSets) line.addDimensions(dimensions);
  line.addMetric(name, MetricUnit.Count, 1);
}

/**
 * Counts a failure that is nobody's input: it is answered or retried, so that Lambda's own `Errors` do not show it.
 * By version too, for the alarm that rolls back a release.
 */
export function unclassifiedError(): void {
  const version = process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "$LATEST";
  count("UnclassifiedErrors", {}, { version });
}

/** Gives the log lines of `handler` the invocation they belong to, and sends the metrics when it ends. */
export function observed<Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  dimensions: Readonly<Record<string, string>>,
): (event: Event, context: Context) => Promise<Result> {
  metrics.setDefaultDimensions({ ...dimensions });
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
