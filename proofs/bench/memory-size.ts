import {
  billedSeconds,
  costOf,
  cpuShare,
  type MeasuredConversion,
  usageOf,
  workOfMeasured,
} from "@henkan/cli/cost";

/** Returns the seconds that Lambda bills for one upload at a memory size. */
export function secondsPerUpload(conversion: MeasuredConversion, memoryMb: number): number {
  return billedSeconds(workOfMeasured(conversion), memoryMb);
}

/** Returns the US dollars for a million uploads at a memory size, each upload a message of its own. */
export function dollarsPerMillion(conversion: MeasuredConversion, memoryMb: number): number {
  return 1e6 * costOf(usageOf(workOfMeasured(conversion), memoryMb)).total;
}

/** The memory sizes to choose from, in MB. */
export const memorySizes = [256, 384, 512, 768, 1024, 1280, 1536, 1769, 2048] as const;

/** The memory size must exceed the measured peak by this factor. */
const headroom = 1.25;

/** The share of the price that a faster size may cost more than the cheapest, since people wait for variants. */
const priceOfSpeed = 0.1;

/** The requirements for a memory size. */
export interface Demand {
  /** The highest measured memory, in MB. */
  readonly peakMb: number;
  /**
   * The share of one vCPU that keeps the pace which the registry promises.
   *
   * @default 0, for a converter without a promised pace
   */
  readonly cpuShare?: number;
}

/**
 * Returns the memory size to deploy: of the sizes that meet the demand, the fastest that costs at most a tenth more than
 * the cheapest.
 */
export function bestMemory(conversion: MeasuredConversion, { peakMb, cpuShare: needed = 0 }: Demand): number {
  const able = memorySizes.filter((size) => size >= headroom * peakMb && cpuShare(size) >= needed);
  const dollars = (size: number) => dollarsPerMillion(conversion, size);
  const cheapest = Math.min(...able.map(dollars));
  const affordable = able.filter((size) => dollars(size) <= cheapest * (1 + priceOfSpeed));
  const fastest = Math.min(...affordable.map((size) => secondsPerUpload(conversion, size)));
  return Math.min(...affordable.filter((size) => secondsPerUpload(conversion, size) === fastest));
}
