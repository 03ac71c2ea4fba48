/** Chances (0 to 1) and limits of the faults that the local cloud injects. A fault without a chance never happens. */
export interface FaultSettings {
  /** Determines every fault, together with the subject of each decision. */
  readonly seed: number;
  /** Number of the start of the cloud on the same data, so that a restart gets other faults than the start before it. */
  readonly generation?: number;
  /** The callers that S3's and SNS's faults hit: only functions, or also clients and their presigned URLs. */
  readonly reach?: "functions" | "everyone";
  /** Messages that were received more often than this get no faults except `poison`. */
  readonly spareAfterReceives?: number;

  /** A message is delivered to its queue a second time. */
  readonly duplicate?: number;
  /** A message becomes visible late, by up to `maxDelayMs`, and so out of order. */
  readonly delay?: number;
  readonly maxDelayMs?: number;
  /** The deletion of a processed message is lost, so the message is delivered again. */
  readonly unacknowledged?: number;
  /** S3 answers 503 SlowDown, or SNS and SQS answer Throttling, several times in a row. */
  readonly throttle?: number;
  /** A body to or from S3 is slow. */
  readonly slow?: number;
  /** A connection to S3 or SNS is reset: in the middle of a body, or after the work and before the answer. */
  readonly reset?: number;
  /** A Lambda process is killed: at one of its outgoing calls, before its answer, or after some milliseconds. */
  readonly crash?: number;
  /** A function reaches its timeout while it waits for one of its outgoing calls. */
  readonly timeout?: number;
  /** A function runs out of memory at one of its outgoing calls. */
  readonly outOfMemory?: number;
  /** A function is killed each time it receives a message about this upload, so the message cannot be processed. */
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
  /** A service and its operation, a queue, or a function. */
  readonly place: string;
  /** The upload's file name, which stands for its random id. */
  readonly upload: string;
}
