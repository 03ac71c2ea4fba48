import type { GraphContents } from "@henkan/local-cloud/testing";
import type { FaultSettings, InjectedFault } from "../faults/settings.ts";

/** The settings of a new cloud. */
export interface CloudSettings {
  readonly graph: GraphContents;
  readonly dataDirectory: string;
  readonly faults: FaultSettings;
}

/** The calls that the simulator makes to the process of the local cloud. */
export interface CloudCalls {
  start(settings: CloudSettings): { readonly apiUrl: string };
  /** Returns the number of messages in the queues, and whether the cloud has nothing left to do. */
  progress(): { readonly isSettled: boolean; readonly waiting: number };
  /** Moves every message of the dead-letter queues back; returns how many there were. */
  redrive(): number;
  measure(): Footprint;
  close(): void;
}

/** The event that the process sends for every injected fault. */
export type CloudEvent = InjectedFault;

/** The memory and handles of the local cloud's process after garbage collection; memory in MB of 2^20 bytes. */
export interface Footprint {
  readonly heapMb: number;
  /** Memory outside V8's heap that belongs to objects in it: mostly Buffers. */
  readonly externalMb: number;
  readonly residentMb: number;
  /** Open files, connections and pipes; absent where the system does not report them. */
  readonly open?: { readonly files: number; readonly connections: number };
  /** Files in the fullest `/tmp` of a function's environment. */
  readonly temporaryFiles: number;
  readonly functions: readonly FunctionFootprint[];
}

/** The memory of one function's processes since the cloud began; memory is resident, in MB of 2^20 bytes. */
export interface FunctionFootprint {
  readonly functionName: string;
  /** The memory that the registry gives the function. */
  readonly memoryMb: number;
  readonly invocations: number;
  /** Highest memory of a process at the end of its first invocation. */
  readonly firstMb: number;
  /** Highest memory of a process at the end of any invocation. */
  readonly peakMb: number;
  /** Number of its processes that ended because they needed more than `memoryMb`, injected faults included. */
  readonly outOfMemory: number;
}
