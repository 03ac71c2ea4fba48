import { deadLettersAreDeserved } from "./invariants/dead-letters.ts";
import { events } from "./invariants/events.ts";
import type { Evidence, Invariant } from "./invariants/evidence.ts";
import { multipartUploads } from "./invariants/multipart-uploads.ts";
import { outputs } from "./invariants/outputs.ts";
import { receipts } from "./invariants/receipts.ts";
import { resources } from "./invariants/resources.ts";
import { uploads } from "./invariants/uploads.ts";

export const invariants: readonly Invariant[] = [
  uploads,
  receipts,
  outputs,
  events,
  deadLettersAreDeserved,
  multipartUploads,
  resources,
];

export interface BrokenInvariant {
  readonly invariant: string;
  readonly message: string;
}

export function brokenInvariants(evidence: Evidence): BrokenInvariant[] {
  return invariants.flatMap(({ name, broken }) =>
    broken(evidence).map((message) => ({ invariant: name, message })),
  );
}
