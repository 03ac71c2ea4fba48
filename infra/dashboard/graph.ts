import type { Metric } from "../monitoring/metrics.ts";
import type { Widget } from "./layout.ts";

/** One metric in a graph. */
export interface GraphLine {
  readonly metric: Metric;
  readonly statistic: string;
  readonly label: string;
  /** The axis: `right` when the unit differs from the others'. */
  readonly axis?: "left" | "right";
}

export interface GraphOptions {
  readonly title: string;
  /** The region of the metrics. */
  readonly region: string;
  /** The units of the axes. */
  readonly left: string;
  readonly right?: string;
}

const periodSeconds = 300;

/** Returns a metric widget whose axes start at zero. */
export function graphWidget(
  { title, region, left, right }: GraphOptions,
  lines: readonly GraphLine[],
): Widget {
  return {
    type: "metric",
    properties: {
      title,
      region,
      view: "timeSeries",
      period: periodSeconds,
      metrics: lines.map(
        ({ metric: { namespace, name, dimensions }, statistic: stat, label, axis = "left" }) => [
          namespace,
          name,
          ...Object.entries(dimensions).flat(),
          { stat, label, yAxis: axis },
        ],
      ),
      yAxis: {
        left: { min: 0, label: left, showUnits: false },
        ...(right && { right: { min: 0, label: right, showUnits: false } }),
      },
    },
  };
}

/** Returns the lines p50 and p99 of a duration. */
export function percentiles(metric: Metric, label = ""): GraphLine[] {
  return ["p50", "p99"].map((statistic) => ({
    metric,
    statistic,
    label: `${label}${label && " "}${statistic}`,
  }));
}
