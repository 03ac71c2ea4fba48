/** A fault of one invocation. It travels to the process of the invocation as JSON. */
export interface InvocationFault {
  /**
   * How the process ends: killed (`crash`, and `poison` for a message that kills every invocation), frozen until its
   * time is up, or out of memory.
   */
  readonly kind: "crash" | "poison" | "timeout" | "out-of-memory";
  /** The outgoing call that the process does not survive, from 1. With fewer calls it ends just before its answer. */
  readonly call: number;
  /** True when that call is still sent and answered, but the process does not see the answer. */
  readonly afterAnswer: boolean;
  /** Crashes only: the process is killed this many milliseconds after its start instead, at the latest before its answer. */
  readonly killAfterMs?: number;
  /** Time-outs only: the time limit of this invocation in milliseconds. */
  readonly limitMs?: number;
}
