import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Mishap } from "../faults/mishap.ts";
import type { Invocation } from "./messages.ts";

/** https://nodejs.org/api/diagnostics_channel.html#http */
const requestStarts = "http.client.request.start";
const answerArrives = "http.client.response.finish";

/** Frozen longer than its time limit, the process ends by itself: whoever would have killed it is gone. */
const graceMs = 1_000;

/**
 * Lets an invocation's mishap happen at one of its outgoing calls, before the call leaves or as its answer arrives.
 * The returned function is to be called when the handler has answered: nothing is to happen in a later invocation, and
 * a process that was to end ends now.
 */
export function armMishap(
  { mishap, deadline }: Invocation,
  runOutOfMemory: (residentMb: number) => never,
): () => void {
  if (!mishap) return () => {};
  // Killed by the clock from outside, unless it is done before.
  if (mishap.killAfterMs !== undefined) return () => happen(mishap, deadline, runOutOfMemory);
  const channel = mishap.afterAnswer ? answerArrives : requestStarts;
  let calls = 0;
  const onCall = () => {
    calls += 1;
    if (calls === mishap.call) happen(mishap, deadline, runOutOfMemory);
  };
  subscribe(channel, onCall);
  return () => {
    unsubscribe(channel, onCall);
    if (endsProcess(mishap)) happen(mishap, deadline, runOutOfMemory);
  };
}

function endsProcess({ kind }: Mishap): boolean {
  return kind === "crash" || kind === "poison";
}

function happen(mishap: Mishap, deadline: number, runOutOfMemory: (residentMb: number) => never): void {
  if (endsProcess(mishap)) process.kill(process.pid, "SIGKILL");
  if (mishap.kind === "out-of-memory") runOutOfMemory(Math.ceil(process.memoryUsage.rss() / 2 ** 20));
  // A function that waits for an answer does nothing else: its thread stands still until it is killed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, deadline + graceMs - Date.now());
  process.exit(1);
}
