import type { InvocationFault } from "./faults/invocation-fault.ts";
import type { RequestFault } from "./faults/request-fault.ts";

export type { InvocationFault } from "./faults/invocation-fault.ts";
export type { RequestFault } from "./faults/request-fault.ts";

/** A valid request to S3 or SNS, which a fault may disturb. */
export interface FaultyRequest {
  /** Service and operation, for example `s3 PutObject`; `s3 UploadPart 2` names the part as well. */
  readonly place: string;
  /** The key of the object, or the message that is published. */
  readonly about: { readonly key: string } | { readonly message: string };
  /** ARN of the principal whose credentials signed the request; empty for an unsigned one. */
  readonly principal: string;
  /** True for a presigned URL: its client is not the principal that signed it. */
  readonly presigned?: boolean;
}

/** An invocation of a function, before it starts. */
export interface FaultyInvocation {
  readonly functionName: string;
  /** ARN of the role that the function runs with. */
  readonly roleArn: string;
  /** The event as the handler receives it. */
  readonly event: unknown;
}

/** A message that a function has processed. */
export interface ProcessedMessage {
  readonly body: string;
  /** Number of times the message was received, this one included. */
  readonly receiveCount: number;
}

/**
 * Decides which faults a local cloud injects. The services ask these questions; the cloud carries the answers out.
 * Every method answers for one operation alone, and an operation that is repeated is asked about again.
 *
 * @example Every message arrives twice, the second time after one second.
 * ```ts
 * const cloud = await startCloud(graph, { …, faults: { ...noFaults, deliveries: () => [0, 1_000] } });
 * ```
 */
export interface FaultInjector {
  /** Announces the role of a function, before its first request. Principals that are not announced are clients. */
  ofFunction(roleArn: string): void;
  /** Returns the delay in milliseconds of each copy of a message for a queue: `[0]` is one copy at once. */
  deliveries(queueArn: string, body: string): readonly number[];
  /** Returns true when SQS asks the poller of a queue to slow down. */
  throttlesPoll(queueArn: string): boolean;
  /** Returns true when the deletion of a processed message is lost, so that the message is received again. */
  losesAcknowledgement(queueArn: string, message: ProcessedMessage): boolean;
  /** Returns the fault of a request; undefined for a request that succeeds. */
  request(request: FaultyRequest): RequestFault | undefined;
  /**
   * Returns the fault of an invocation; undefined for an invocation that runs undisturbed. `onFailed` is called when
   * the invocation has failed: a fault may come too late to be noticed.
   */
  invocation(invocation: FaultyInvocation): { fault: InvocationFault; onFailed: () => void } | undefined;
}

/** Injects nothing. */
export const noFaults: FaultInjector = {
  ofFunction: () => {},
  deliveries: () => [0],
  throttlesPoll: () => false,
  losesAcknowledgement: () => false,
  request: () => undefined,
  invocation: () => undefined,
};
