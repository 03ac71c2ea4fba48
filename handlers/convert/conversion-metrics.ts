import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Receipt } from "../../contract/receipt.ts";
import { increment, metrics } from "../observability.ts";

/** The metrics of a converter. */
export interface ConversionMetrics {
  /** Records that an upload of this size is about to be read. */
  taken(bytes: number): void;
  /** Records that a variant exists already, made of the same bytes with the same settings. */
  skipped(): void;
  /** Records that a variant is ready or has failed, and the time that it took. */
  concluded(receipt: Receipt, milliseconds: number): void;
}

/** Sends CloudWatch metrics with the function's dimensions; `Conversions` also by result and by error code. */
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
      increment("Conversions", { result: receipt.state });
    } else {
      increment("Conversions", { result: receipt.state }, { code: receipt.error.code });
    }
  },
};
