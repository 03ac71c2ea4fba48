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
  /** Ids under which the client had begun it in a cloud that was killed. */
  readonly abandoned: readonly string[];
  readonly expected: ReadonlyMap<string, ExpectedOutcome>;
}

/** Everything that is known at the end of a round. */
export interface Evidence {
  readonly stage: SimulatedStage;
  /** The last one, sent when the faults were lifted, included. */
  readonly accepted: readonly AcceptedUpload[];
  readonly calmUploadId: string;
  readonly faults: readonly InjectedFault[];
  /** When the cloud was killed with -9, milliseconds since the epoch. */
  readonly kills: readonly number[];
  /** Messages that were still on their way when patience ended. */
  readonly unsettled: number;
  /** Messages that the redrive has moved out of the dead-letter queues. */
  readonly redriven: number;
  /** On disk after the storm, and after everything that was left over was redriven without faults. */
  readonly afterStorm: Remains;
  readonly afterRedrive: Remains;
  /** The last process of the storm as it began, and when it had settled after so many `uploads`. */
  readonly footprints: { readonly begin: Footprint; readonly end: Footprint; readonly uploads: number };
  /** Footprint of the process without faults, at its end. */
  readonly calmFootprint: Footprint;
  /** Command lines of processes that outlived the cloud. */
  readonly processes: readonly string[];
}

/** A promise of the pipeline, and a function that returns one sentence for each way in which the evidence breaks it. */
export interface Invariant {
  readonly name: string;
  readonly promise: string;
  readonly broken: (evidence: Evidence) => readonly string[];
}

export function describeUpload({ storedName, id }: AcceptedUpload): string {
  return `"${storedName}" (${id})`;
}
