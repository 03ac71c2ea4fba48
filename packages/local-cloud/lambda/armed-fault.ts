import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { InvocationFault } from "../faults/invocation-fault.ts";
import type { Invocation } from "./messages.ts";

/** https://nodejs.org/api/diagnostics_channel.html#http */
const requestStarts = "http.client.request.start";
const answerArrives = "http.client.response.finish";

/** A frozen process ends by itself this long after its time limit: the cloud that would have killed it is gone. */
const graceMs = 1_000;

/**
 * Arms an invocation's fault, which happens at one of its outgoing calls: before the call leaves or as its answer
 * arrives. The caller runs the returned function when the handler has answered. It disarms the fault, so that nothing
 * happens in a later invocation, and ends a process that had to end during this one.
 */
export function armFault(
  { fault, deadline }: Invocation,
  runOutOfMemory: (residentMb: number) => never,
): () => void {
  if (!fault) return () => {};
  // The clock kills this process from outside, unless the handler is done before.
  if (fault.killAfterMs !== undefined) return () => happen(fault, deadline, runOutOfMemory);
  const channel = fault.afterAnswer ? answerArrives : requestStarts;
  let calls = 0;
  const onCall = () => {
    calls += 1;
    if (calls === fault.call) happen(fault, deadline, runOutOfMemory);
  };
  subscribe(channel, onCall);
  return () => {
    unsubscribe(channel, onCall);
    if (endsProcess(fault)) happen(fault, deadline, runOutOfMemory);
  };
}

function endsProcess({ kind }: InvocationFault): boolean {
  return kind === "crash" || kind === "poison";
}

function happen(
  fault: InvocationFault,
  deadline: number,
  runOutOfMemory: (residentMb: number) => never,
): void {
  if (endsProcess(fault)) process.kill(process.pid, "SIGKILL");
  if (fault.kind === "out-of-memory") runOutOfMemory(Math.ceil(process.memoryUsage.rss() / 2 ** 20));
  // A function that waits for an answer does nothing else, so its thread stands still until it is killed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, deadline + graceMs - Date.now());
  process.exit(1);
}
