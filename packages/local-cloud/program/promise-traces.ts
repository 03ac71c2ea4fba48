import { createRequire } from "node:module";

/** The part of `@pulumi/pulumi/runtime/debuggable.js` that is used here. Its declarations leave it out. */
interface Debuggable {
  debuggablePromise<Value>(promise: Promise<Value>, context?: unknown): Promise<Value>;
}

/**
 * Stops Pulumi from recording a stack trace for each promise of a program.
 *
 * The SDK makes several promises for each resource and formats a trace for every one of them, but prints the traces only
 * under `PULUMI_DEBUG_PROMISE_LEAKS`. Without them this project's own program runs in about a third of the CPU time.
 * Errors that a program throws keep their traces.
 */
export function skipPromiseTraces(): void {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return;
  const debuggable: Debuggable = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js");
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}
