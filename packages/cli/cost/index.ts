/**
 * Models what conversions cost on AWS. A workload becomes a usage (requests, messages, GB-seconds), and a usage becomes
 * US dollars by list prices. The work comes from an estimate over uploads (`workloadCounter`) or from measurements
 * (`workOfMeasured`).
 *
 * @module
 */
export { billedSeconds, cpuShare, type FunctionTime, wholeCpuMb } from "./billed-time.ts";
export { type ConverterWork, partRequests, usageOf } from "./converter-work.ts";
export { cpuSeconds } from "./cpu-time.ts";
export { assumedNetwork, type MeasuredConversion, workOfMeasured } from "./measured-work.ts";
export { prices } from "./prices.ts";
export { type Cost, costOf, sumOfUsages, type Usage } from "./usage.ts";
export {
  reaches,
  type StageConverterWork,
  usageOfWorkload,
  type Workload,
  workloadCounter,
} from "./workload.ts";
