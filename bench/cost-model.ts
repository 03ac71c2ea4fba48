/** US dollars, us-east-1, before any free tier and discounts, as AWS listed them on the date. */
export const prices = {
  date: "2026-11-23",
  region: "us-east-1",
  /** arm64, https://aws.amazon.com/lambda/pricing/ */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  /** Standard queue, https://aws.amazon.com/sqs/pricing/ */
  sqsRequest: 0.4 / 1e6,
  /** https://aws.amazon.com/sns/pricing/; deliveries to SQS are free. */
  snsPublish: 0.5 / 1e6,
  /** S3 Standard, https://aws.amazon.com/s3/pricing/ */
  s3Put: 0.005 / 1e3,
  s3Get: 0.0004 / 1e3,
} as const;

/** Megabytes at which a function has one whole vCPU, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html. */
const wholeCpuMb = 1769;

/** What is assumed of the network, since it cannot be measured here: one round trip to S3 or SNS, and S3's throughput. */
export const assumed = { roundTripSeconds: 0.03, bytesPerSecond: 80e6 } as const;

/** What one upload asks of a converter's function. */
export interface Work {
  /** Of user and system time. */
  readonly cpuSeconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly variants: number;
}

/** Requests one upload makes: the object, and of each variant a receipt read and written, an output and an event. */
function requestsOf({ variants }: Work) {
  return { gets: 1 + variants, puts: 2 * variants, publishes: variants };
}

/** Seconds that Lambda bills at a memory size; a second thread finds nothing to do here. */
export function billedSeconds(work: Work, memoryMb: number): number {
  const { gets, puts, publishes } = requestsOf(work);
  const wait =
    (gets + puts + publishes) * assumed.roundTripSeconds +
    (work.bytesIn + work.bytesOut) / assumed.bytesPerSecond;
  return work.cpuSeconds / Math.min(1, memoryMb / wholeCpuMb) + wait;
}

/** Dollars for a million uploads, each a message of its own. */
export function dollarsPerMillion(work: Work, memoryMb: number): number {
  const { gets, puts, publishes } = requestsOf(work);
  const lambda =
    billedSeconds(work, memoryMb) * (memoryMb / 1024) * prices.lambdaGbSecond + prices.lambdaRequest;
  // Sent by SNS, received and deleted by Lambda.
  const messages = 3 * prices.sqsRequest + publishes * prices.snsPublish;
  return 1e6 * (lambda + messages + gets * prices.s3Get + puts * prices.s3Put);
}

export const memorySizes = [256, 384, 512, 768, 1024, 1280, 1536, 1769, 2048] as const;

/** Kept free above the most that was measured. */
const headroom = 1.25;

/** A size no dearer than this share above the cheapest is taken when it is faster. */
const indifference = 0.05;

/**
 * The memory size to deploy: of those that hold the peak with room to spare the cheapest, or the fastest that costs
 * about the same.
 */
export function bestMemory(work: Work, peakMb: number): number {
  const safe = memorySizes.filter((size) => size >= headroom * peakMb);
  const cheapest = Math.min(...safe.map((size) => dollarsPerMillion(work, size)));
  return Math.max(...safe.filter((size) => dollarsPerMillion(work, size) <= cheapest * (1 + indifference)));
}
