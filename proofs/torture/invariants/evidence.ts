import type { ExpectedOutcome } from "../clean-conversion.ts";
import type { Footprint } from "../cloud/messages.ts";
import type { InjectedFault } from "../faults/settings.ts";
import type { Remains } from "../remains.ts";
import type { SimulatedStage } from "../stage.ts";
import type { MixedUpload } from "../upload-mix.ts";

/** An upload that the pipeline has accepted, with its expected outcomes. */
export interface AcceptedUpload extends Pick<MixedUpload, "storedName" | "digest"> {
  readonly id: string;
  /** The client's announcement to the API. */
  readonly announcement: string;
  /** Number of parts; undefined for a single PUT. */
  readonly parts?: number;
  /** Ids under which the client had started it in a cloud that was killed. */
  readonly abandoned: readonly string[];
  readonly expected: ReadonlyMap<string, ExpectedOutcome>;
}

/** Everything that is known at the end of a round. */
export interface Evidence {
  readonly stage: SimulatedStage;
  /** Includes the last upload, which was sent after the faults had stopped. */
  readonly accepted: readonly AcceptedUpload[];
  readonly calmUploadId: string;
  readonly faults: readonly InjectedFault[];
  /** The times at which the cloud was killed with -9, in milliseconds since the epoch. */
  readonly kills: readonly number[];
  /** Number of messages that were still in the queues when the round stopped waiting. */
  readonly unsettled: number;
  /** Number of messages that the redrive moved out of the dead-letter queues. */
  readonly redriven: number;
  /** The data on disk after the storm, and after the redrive without faults. */
  readonly afterStorm: Remains;
  readonly afterRedrive: Remains;
  /** The last process of the storm at its start, and after its queues were empty and it had received `uploads`. */
  readonly footprints: { readonly begin: Footprint; readonly end: Footprint; readonly uploads: number };
  /** The process without faults, at its end. */
  readonly calmFootprint: Footprint;
  /** Command lines of processes that outlived the cloud. */
  readonly processes: readonly string[];
}

/** A promise of the pipeline, and a function that returns a sentence for each way in which the evidence breaks it. */
export interface Invariant {
  readonly name: string;
  readonly promise: string;
  readonly broken: (evidence: Evidence) => readonly string[];
}

export function describeUpload({ storedName, id }: AcceptedUpload): string {
  return `"${storedName}" (${id})`;
}
