import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Metric } from "./metrics.ts";

/** The condition of an alarm: the statistic reaches the threshold in `datapoints` of the last `periods`. */
export interface AlarmCondition {
  /** `Sum`, `Maximum`, `Average` or a percentile such as `p99`. */
  readonly statistic: string;
  readonly threshold: pulumi.Input<number>;
  readonly periodSeconds: number;
  readonly periods?: number;
  readonly datapoints?: number;
}

export interface AlarmArgs extends AlarmCondition {
  /** The metrics, whose values are added up. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Divides their sum by this metric. The alarm then watches a share, from 0 to 1. */
  readonly shareOf?: Metric;
  /** States what is wrong and what to do. */
  readonly description: string;
  /** The anchor of the section in `docs/operations.md`. */
  readonly runbook: string;
  readonly topicArn: pulumi.Input<string>;
  /** The region of the metric, when it is not the stage's. */
  readonly region?: string | undefined;
}

/**
 * Makes a metric alarm that notifies the operations topic. Missing data is not breaching: an unused queue, an idle
 * function and a function without errors send no data.
 */
export function alarm(
  name: string,
  args: AlarmArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  const { threshold, periods = 1, datapoints = periods, description, runbook, topicArn, region } = args;
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      ...measured(args),
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: datapoints,
      treatMissingData: "notBreaching",
      alarmDescription: `${description} Runbook: docs/operations.md#${runbook}`,
      alarmActions: [topicArn],
      ...(region && { region }),
    },
    opts,
  );
}

function measured({ metrics, shareOf, statistic, periodSeconds: period }: AlarmArgs) {
  const [{ namespace, name: metricName, dimensions }, ...others] = metrics;
  if (others.length > 0 || shareOf) {
    return { metricQueries: metricQueries(metrics, shareOf, { stat: statistic, period }) };
  }
  const percentile = statistic.startsWith("p");
  return {
    namespace,
    metricName,
    dimensions: { ...dimensions },
    period,
    ...(percentile ? { extendedStatistic: statistic } : { statistic }),
  };
}

/** Returns the metric math. A summand without data counts as 0; without data for the whole there is no result. */
function metricQueries(
  summands: readonly Metric[],
  whole: Metric | undefined,
  measurement: { readonly stat: string; readonly period: number },
) {
  const sum = summands.map((_, index) => `FILL(m${index}, 0)`).join(" + ");
  const metrics = whole ? [...summands, whole] : summands;
  return [
    {
      id: "total",
      expression: whole ? `(${sum}) / m${summands.length}` : sum,
      label: metrics.map(({ name }) => name).join(whole ? " / " : " + "),
      returnData: true,
    },
    ...metrics.map(({ namespace, name: metricName, dimensions }, index) => ({
      id: `m${index}`,
      metric: { namespace, metricName, dimensions: { ...dimensions }, ...measurement },
    })),
  ];
}
