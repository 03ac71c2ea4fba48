/**
 * The memory in MB at which Lambda gives a function one whole vCPU,
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html.
 */
export const wholeCpuMb = 1_769;

/** Returns the share of one vCPU that a function of `memoryMb` uses. A second vCPU does not help a converter. */
export function cpuShare(memoryMb: number): number {
  return Math.min(1, memoryMb / wholeCpuMb);
}

/** The time that a function spends computing and waiting. */
export interface FunctionTime {
  /** CPU time (user and system), in seconds of one whole CPU. Lambda's CPUs are assumed to be as fast as the measured one. */
  readonly cpuSeconds: number;
  /** Seconds spent waiting for other services. */
  readonly waitSeconds: number;
}

/** Returns the seconds that Lambda bills at a memory size: with less memory, computing takes longer and waiting does not. */
export function billedSeconds({ cpuSeconds, waitSeconds }: FunctionTime, memoryMb: number): number {
  return cpuSeconds / cpuShare(memoryMb) + waitSeconds;
}
