import type { Graph } from "@henkan/local-cloud";
import type { FaultSettings, InjectedFault } from "@henkan/local-cloud/testing";

/** What the simulator and the process of the local cloud say to each other. */
export type Command =
  | {
      readonly kind: "start";
      readonly graph: Graph;
      readonly dataDirectory: string;
      readonly faults: FaultSettings;
    }
  | { readonly kind: "look" }
  | { readonly kind: "redrive" }
  | { readonly kind: "measure" }
  | { readonly kind: "close" };

export type Report =
  | { readonly kind: "started"; readonly apiUrl: string }
  | { readonly kind: "fault"; readonly fault: InjectedFault }
  | { readonly kind: "looked"; readonly isSettled: boolean; readonly waiting: number }
  | { readonly kind: "redriven"; readonly messages: number }
  | { readonly kind: "measured"; readonly footprint: Footprint }
  | { readonly kind: "failed"; readonly message: string };

/** What the process of the local cloud holds, after garbage collection; memory in MB of 2^20 bytes. */
export interface Footprint {
  readonly heapMb: number;
  /** What lies outside V8's heap and belongs to objects in it: Buffers, above all. */
  readonly externalMb: number;
  readonly residentMb: number;
  /** Open files, connections and pipes; absent where the system does not tell. */
  readonly open?: { readonly files: number; readonly connections: number };
  /** Files in the fullest `/tmp` of a function's environment. */
  readonly temporaryFiles: number;
  readonly functions: readonly FunctionFootprint[];
}

/** What the processes of one function held since the cloud began; memory is resident, in MB of 2^20 bytes. */
export interface FunctionFootprint {
  readonly functionName: string;
  /** What the registry gives it. */
  readonly memoryMb: number;
  readonly invocations: number;
  /** The most that a process held when its first invocation had ended. */
  readonly firstMb: number;
  /** The most that a process held when an invocation had ended. */
  readonly peakMb: number;
  /** How many of its processes ended because they held more than `memoryMb`, injected faults included. */
  readonly outOfMemory: number;
}
