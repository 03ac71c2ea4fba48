/** What happens to the process of one invocation. It travels to that process as JSON. */
export interface Mishap {
  readonly kind: "crash" | "poison" | "timeout" | "out-of-memory";
  /** Which of its outgoing calls it does not survive, from 1; one that makes fewer ends just before its answer. */
  readonly call: number;
  /** Whether the call still gets out: it is answered, and the process does not see the answer. */
  readonly afterAnswer: boolean;
  /** Crashes only: killed this long after its start instead, whatever it is doing, or just before its answer. */
  readonly killAfterMs?: number;
  /** Time-outs only: the time limit of this invocation. */
  readonly limitMs?: number;
}
