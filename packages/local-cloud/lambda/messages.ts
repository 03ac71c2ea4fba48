import type { InvocationFault } from "../faults/invocation-fault.ts";

/** The message by which the local cloud starts an invocation in an environment's process. It travels over IPC. */
export interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  /** Milliseconds since the epoch at which the invocation times out. */
  readonly deadline: number;
  readonly invokedFunctionArn: string;
  /** The injected fault of this invocation. */
  readonly fault?: InvocationFault;
}

/** An error as Lambda reports it. */
export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** The messages that an environment's process sends to the local cloud. */
export type EnvironmentMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "init-error"; readonly error: InvocationError }
  | {
      readonly kind: "result";
      readonly requestId: string;
      readonly payload: unknown;
      readonly residentMb: number;
    }
  | { readonly kind: "error"; readonly requestId: string; readonly error: InvocationError }
  | { readonly kind: "out-of-memory"; readonly residentMb: number };
