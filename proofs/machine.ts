import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** The machine on which figures are measured. */
export interface Machine {
  readonly cpu: string;
  /** Number of cores that this process may use. */
  readonly cores: number;
  /** Memory in GB of 2^30 bytes. */
  readonly memoryGb: number;
  readonly system: string;
  /** Version of Node.js, such as `24.21.0`. */
  readonly node: string;
  /** Average load of the last minute. */
  readonly load: number;
}

/** Returns the facts about this machine and its current load. */
export function thisMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? process.arch,
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    load: Number(loadavg()[0]?.toFixed(2)),
  };
}
