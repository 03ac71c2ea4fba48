import type { FaultSettings, InjectedFault } from "../../local/faults.ts";
import type { Graph } from "../../local/graph.ts";

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

/** What the process of the local cloud holds. */
export interface Footprint {
  /** After garbage collection. */
  readonly heapMb: number;
  readonly residentMb: number;
  /** Absent where the system does not tell. */
  readonly openFiles?: number;
  /** Files in the fullest `/tmp` of a function's environment. */
  readonly temporaryFiles: number;
}
