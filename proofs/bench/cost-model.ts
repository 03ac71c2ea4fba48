import { prices } from "@henkan/cli/prices";
import { partBytes } from "../../handlers/convert/stream-upload.ts";

/** Megabytes at which a function has one whole vCPU, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html. */
const wholeCpuMb = 1769;

/** What is assumed of the network, since it cannot be measured here: one round trip to S3 or SNS, and S3's throughput. */
export const assumed = { roundTripSeconds: 0.03, bytesPerSecond: 80e6 } as const;

/** The work that one upload gives a converter's function. */
export interface Work {
  /** User and system time. */
  readonly cpuSeconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly variants: number;
}

/**
 * Requests one upload makes: the object, and of each variant a receipt read and written, an output and an event. A large
 * output is begun, sent in parts and completed.
 */
function requestsOf({ variants, bytesOut }: Work) {
  const parts = bytesOut / variants > partBytes ? Math.ceil(bytesOut / partBytes) + variants : 0;
  return { gets: 1 + variants, puts: 2 * variants + parts, publishes: variants };
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
    billedSeconds(work, memoryMb) * (memoryMb / 1024) * prices.lambda.gigabyteSecond + prices.lambda.request;
  // Sent by SNS, received and deleted by Lambda.
  const messages = 3 * prices.sqs.request + publishes * prices.sns.publish;
  return 1e6 * (lambda + messages + gets * prices.s3.get + puts * prices.s3.putOrList);
}

export const memorySizes = [256, 384, 512, 768, 1024, 1280, 1536, 1769, 2048] as const;

/** Kept free above the most that was measured. */
const headroom = 1.25;

/** People wait for variants: what is faster may cost so much more. */
const priceOfSpeed = 0.1;

/** What a memory size must give. */
export interface Demand {
  /** The most that was measured. */
  readonly peakMb: number;
  /** Of a whole CPU, to keep the pace that the registry promises; nothing where it promises none. */
  readonly cpuShare?: number;
}

/**
 * The memory size to deploy: of those that hold the peak with room to spare and keep the pace, the fastest that costs
 * at most a tenth more than the cheapest.
 */
export function bestMemory(work: Work, { peakMb, cpuShare = 0 }: Demand): number {
  const able = memorySizes.filter(
    (size) => size >= headroom * peakMb && Math.min(1, size / wholeCpuMb) >= cpuShare,
  );
  const cheapest = Math.min(...able.map((size) => dollarsPerMillion(work, size)));
  const affordable = able.filter((size) => dollarsPerMillion(work, size) <= cheapest * (1 + priceOfSpeed));
  const fastest = Math.min(...affordable.map((size) => billedSeconds(work, size)));
  return Math.min(...affordable.filter((size) => billedSeconds(work, size) === fastest));
}
