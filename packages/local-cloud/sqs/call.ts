import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { SqsError } from "./errors.ts";
import type { MoveTasks } from "./move-tasks.ts";
import type { Queues } from "./queues.ts";

/** What happens to a queue's policy: policies are evaluated elsewhere. */
export interface QueuePolicies {
  get(queueArn: string): string | undefined;
  /** @throws {Error} for a policy that cannot be evaluated. */
  set(queueArn: string, policy: string | undefined): void;
}

/** What operations work with. */
export interface SqsServices {
  readonly queues: Queues;
  readonly moveTasks: MoveTasks;
  readonly policies: QueuePolicies;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
}

/** One request, its signature verified. */
export interface SqsCall extends SqsServices {
  readonly input: unknown;
  /** Aborted when the client hangs up. */
  readonly hungUp: AbortSignal;
  /** @throws {SqsError} when the caller may not. */
  require(action: string, queueArn: string): void;
}

/** The input as its schema has it; @throws {SqsError} naming the first thing that is wrong. */
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

/** As SQS writes them; only the path counts in requests. */
export function urlOf(queueArn: string): string {
  const [, , , region, account, name] = queueArn.split(":");
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

export function arnOf({ region }: Pick<SqsServices, "region">, url: string): string {
  const [, account = "", name = ""] = /\/(\d+)\/([^/]+)$/.exec(url) ?? [];
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** The queue a request is about, if the caller may do `action` with it. */
export function permittedQueue(call: SqsCall, action: string, url: string): string {
  const queueArn = arnOf(call, url);
  call.require(action, queueArn);
  if (!call.queues.has(queueArn))
    throw new SqsError("QueueDoesNotExist", "The specified queue does not exist.");
  return queueArn;
}
