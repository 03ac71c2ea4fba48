/** Chances (0 to 1) and bounds of the faults the local cloud injects; what is absent never happens. */
export interface FaultSettings {
  /** Decides, with what each decision is about, everything that goes wrong. */
  readonly seed: number;
  /** Counts the starts of the cloud on the same data, so that a restart does not meet the faults before it again. */
  readonly generation?: number;
  /** Who meets the faults of S3 and SNS: the functions, or clients and their presigned URLs as well. */
  readonly reach?: "functions" | "everyone";
  /** Messages that were received more often than this meet none of the faults, `poison` excepted. */
  readonly spareAfterReceives?: number;

  /** A message is delivered to its queue a second time. */
  readonly duplicate?: number;
  /** A message becomes visible late, by up to `maxDelayMs`, and so out of order. */
  readonly delay?: number;
  readonly maxDelayMs?: number;
  /** The deletion of a message that was dealt with is lost: it comes again. */
  readonly unacknowledged?: number;
  /** S3 answers 503 SlowDown, SNS and SQS answer Throttling, some times in a row. */
  readonly throttle?: number;
  /** A body to or from S3 trickles. */
  readonly slow?: number;
  /** A connection to S3 or SNS is reset: in the middle of a body, or after the work and before its answer. */
  readonly reset?: number;
  /** A Lambda process is killed: at one of its outgoing calls, before its answer, or after some milliseconds. */
  readonly crash?: number;
  /** A function's time is up while it waits for one of its outgoing calls. */
  readonly timeout?: number;
  /** A function runs out of memory at one of its outgoing calls. */
  readonly outOfMemory?: number;
  /** A function is killed each time it takes a message about this upload, which thus cannot be processed. */
  readonly poison?: number;
}

export type FaultKind =
  | "duplicate"
  | "delay"
  | "unacknowledged"
  | "throttle"
  | "slow"
  | "reset"
  | "crash"
  | "timeout"
  | "out-of-memory"
  | "poison";

/** A fault that was injected. */
export interface InjectedFault {
  readonly kind: FaultKind;
  /** Where: a service and its operation, a queue, a function. */
  readonly place: string;
  /** The upload's file name, which stands for its random id. */
  readonly upload: string;
}
