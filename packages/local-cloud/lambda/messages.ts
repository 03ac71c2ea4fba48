import type { InvocationFault } from "../faults/invocation-fault.ts";

/** What the local cloud and a Lambda environment's process say to each other over IPC. */
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
