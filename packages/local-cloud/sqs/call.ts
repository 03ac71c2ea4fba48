import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { SqsError } from "./errors.ts";
import type { MoveTasks } from "./move-tasks.ts";
import type { Queues } from "./queues.ts";

/** The policies of queues, as JSON. */
export interface QueuePolicies {
  /** Returns the policy of a queue; undefined when it has none. */
  get(queueArn: string): string | undefined;
  /**
   * Attaches a policy to a queue; undefined removes it.
   *
   * @throws {Error} for a policy that the local cloud cannot evaluate
   */
  set(queueArn: string, policy: string | undefined): void;
}

/** The services and settings that operations use. */
export interface SqsServices {
  readonly queues: Queues;
  readonly moveTasks: MoveTasks;
  readonly policies: QueuePolicies;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
}

/** One request whose signature is verified. */
export interface SqsCall extends SqsServices {
  /** The JSON body of the request. */
  readonly input: unknown;
  /** Aborts when the client disconnects. */
  readonly disconnected: AbortSignal;
  /**
   * Checks the permission of the principal.
   *
   * @throws {SqsError} `AccessDeniedException` when the action is not allowed
   */
  require(action: string, queueArn: string): void;
}

/**
 * Returns the input of a request, parsed with its schema.
 *
 * @throws {SqsError} `MissingParameter` or `InvalidParameterValue`, naming the first mistake
 */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  if (issue.received === "undefined") {
    throw new SqsError("MissingParameter", `The request must contain the parameter ${path}.`);
  }
  throw new SqsError("InvalidParameterValue", `Value ${issue.received} for parameter ${path} is invalid.`);
}

export const queueUrl = v.object({ QueueUrl: v.string() });

/** Returns the URL of a queue as SQS writes it. In requests, the local SQS uses only the path of a URL. */
export function urlOf(queueArn: string): string {
  const [, , , region, account, name] = queueArn.split(":");
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

/** Returns the ARN of the queue with this URL. */
export function arnOf({ region }: Pick<SqsServices, "region">, url: string): string {
  const [, account = "", name = ""] = /\/(\d+)\/([^/]+)$/.exec(url) ?? [];
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/**
 * Returns the ARN of the queue with this URL.
 *
 * @throws {SqsError} `AccessDeniedException` when the principal may not do `action`, `QueueDoesNotExist`
 */
export function permittedQueue(call: SqsCall, action: string, url: string): string {
  const queueArn = arnOf(call, url);
  call.require(action, queueArn);
  if (!call.queues.has(queueArn))
    throw new SqsError("QueueDoesNotExist", "The specified queue does not exist.");
  return queueArn;
}
