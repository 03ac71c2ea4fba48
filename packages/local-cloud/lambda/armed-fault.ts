import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { InvocationFault } from "../faults/invocation-fault.ts";
import type { Invocation } from "./messages.ts";

/** The channels of outgoing HTTP requests, https://nodejs.org/api/diagnostics_channel.html#http. */
const requestStarts = "http.client.request.start";
const answerArrives = "http.client.response.finish";

/**
 * A frozen process ends this long after its time limit. The local cloud usually kills it at the limit, but it may have
 * stopped itself.
 */
const graceMs = 1_000;

/**
 * Arms the fault of an invocation. The fault happens at one of its outgoing calls, before the request is sent or when
 * the answer arrives. Call the returned function when the handler has answered: it disarms the fault, so that a later
 * invocation runs undisturbed, and ends a process that had to end during this invocation.
 */
export function armFault(
  { fault, deadline }: Invocation,
  runOutOfMemory: (residentMb: number) => never,
): () => void {
  if (!fault) return () => {};
  // The local cloud kills this process at that time, unless the handler has answered before.
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
  // A function that waits for an answer does nothing else, so the thread can block until the process is killed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, deadline + graceMs - Date.now());
  process.exit(1);
}
