import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Receipt } from "../../contract/receipt.ts";
import { count, metrics } from "../observability.ts";

/** What operators want to know of a converter, in numbers. */
export interface ConversionMetrics {
  /** An upload is about to be read. */
  taken(bytes: number): void;
  /** A variant had been made before, from the same bytes with the same settings. */
  skipped(): void;
  /** A variant is finished, made or impossible to make. */
  concluded(receipt: Receipt, milliseconds: number): void;
}

/** CloudWatch metrics under the function's own dimensions; `Conversions` also by result, and by code of failure. */
export const conversionMetrics: ConversionMetrics = {
  taken(bytes) {
    metrics.addMetric("BytesIn", MetricUnit.Bytes, bytes);
  },
  skipped() {
    metrics.addMetric("SkippedDuplicates", MetricUnit.Count, 1);
  },
  concluded(receipt, milliseconds) {
    metrics.addMetric("ConversionDuration", MetricUnit.Milliseconds, milliseconds);
    if (receipt.state === "ready") {
      metrics.addMetric("BytesOut", MetricUnit.Bytes, receipt.bytes);
      count("Conversions", { result: receipt.state });
    } else {
      count("Conversions", { result: receipt.state }, { code: receipt.error.code });
    }
  },
};
