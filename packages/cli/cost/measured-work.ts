import { type ConverterWork, partRequests, requestsOf } from "./converter-work.ts";

/** Assumed of the network, which cannot be measured here: one round trip to S3 or SNS, and the throughput of S3. */
export const assumedNetwork = { roundTripSeconds: 0.03, bytesPerSecond: 80e6 } as const;

/** The conversion of one upload by one converter, as it was measured. */
export interface MeasuredConversion {
  /** CPU time (user and system), in seconds. */
  readonly cpuSeconds: number;
  /** The size of the upload. */
  readonly bytesIn: number;
  /** The sum of the outputs' sizes. */
  readonly bytesOut: number;
  readonly variants: number;
}

/**
 * Returns the work of one upload whose conversion was measured. The function waits for every request and for the bytes
 * that it reads and writes, one after the other.
 *
 * @example
 * const conversion = { cpuSeconds: 0.3, bytesIn: 4_000_000, bytesOut: 300_000, variants: 2 };
 * const dollarsPerMillion = 1e6 * costOf(usageOf(workOfMeasured(conversion), 1_024)).total;
 */
export function workOfMeasured({
  cpuSeconds,
  bytesIn,
  bytesOut,
  variants,
}: MeasuredConversion): ConverterWork {
  const counts = {
    messages: 1,
    uploads: 1,
    receipts: variants,
    variants,
    partRequests: partRequests(variants, bytesOut),
  };
  const { s3Gets, s3Puts, snsPublishes } = requestsOf(counts);
  const waitSeconds =
    (s3Gets + s3Puts + snsPublishes) * assumedNetwork.roundTripSeconds +
    (bytesIn + bytesOut) / assumedNetwork.bytesPerSecond;
  return { ...counts, cpuSeconds, waitSeconds };
}
