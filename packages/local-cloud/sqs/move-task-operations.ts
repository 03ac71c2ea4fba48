import * as v from "valibot";
import { parseInput, type SqsCall } from "./call.ts";
import { SqsError } from "./errors.ts";
import type { MoveTask } from "./move-tasks.ts";

const starting = v.object({
  SourceArn: v.string(),
  DestinationArn: v.optional(v.string()),
  MaxNumberOfMessagesPerSecond: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))),
});
const listing = v.object({
  SourceArn: v.string(),
  MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 1),
});

/** See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html. */
export function startMessageMoveTask(call: SqsCall): object {
  const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond } = parseInput(starting, call.input);
  const { queues, moveTasks } = call;
  // The messages move with the principal's permissions, so it also needs those for the source queue.
  for (const action of ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    call.require(action, SourceArn);
  }
  requireQueue(call, "SourceArn", SourceArn);
  const sources = queues.sourcesOf(SourceArn);
  if (sources.length === 0) {
    throw new SqsError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
  }
  if (DestinationArn !== undefined) requireQueue(call, "DestinationArn", DestinationArn);
  for (const destination of DestinationArn === undefined ? sources : [DestinationArn]) {
    call.require("SendMessage", destination);
  }
  if (moveTasks.of(SourceArn).some(({ status }) => status === "RUNNING")) {
    throw new SqsError(
      "UnsupportedOperation",
      "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
    );
  }
  const task = moveTasks.start({
    sourceArn: SourceArn,
    ...(DestinationArn !== undefined && { destinationArn: DestinationArn }),
    ...(MaxNumberOfMessagesPerSecond !== undefined && { maxPerSecond: MaxNumberOfMessagesPerSecond }),
  });
  return { TaskHandle: task.handle };
}

export function listMessageMoveTasks(call: SqsCall): object {
  const { SourceArn, MaxResults } = parseInput(listing, call.input);
  call.require("ListMessageMoveTasks", SourceArn);
  requireQueue(call, "SourceArn", SourceArn);
  return { Results: call.moveTasks.of(SourceArn).slice(0, MaxResults).map(onWire) };
}

export function cancelMessageMoveTask(call: SqsCall): object {
  const { TaskHandle } = parseInput(v.object({ TaskHandle: v.string() }), call.input);
  const task = call.moveTasks.find(TaskHandle);
  if (!task) throw new SqsError("ResourceNotFoundException", "Task does not exist.", 404);
  call.require("CancelMessageMoveTask", task.sourceArn);
  if (task.status !== "RUNNING") {
    throw new SqsError("UnsupportedOperation", "Only active tasks can be cancelled.");
  }
  call.moveTasks.cancel(task);
  return { ApproximateNumberOfMessagesMoved: task.moved };
}

function requireQueue({ queues }: SqsCall, parameter: string, arn: string): void {
  if (queues.has(arn)) return;
  throw new SqsError(
    "ResourceNotFoundException",
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    404,
  );
}

function onWire(task: MoveTask): object {
  return {
    ...(task.status === "RUNNING" && { TaskHandle: task.handle }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}
