import {
  CancelMessageMoveTaskCommand,
  DeleteMessageBatchCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { explained } from "../aws-refusals.ts";
import { pause } from "../command/pause.ts";
import type { DeadLetterQueue } from "./dead-letters.ts";

export interface Moved {
  readonly moved: number;
  /** The reason why it ended before all messages were moved. */
  readonly failure?: string;
}

export interface MoveOptions {
  /** The most messages per second. */
  readonly rate: number;
  readonly onProgress: (moved: number) => void;
  readonly interruption: AbortSignal;
}

const pollMs = 1_000;
const batchSize = 10;
/** How long to wait for a new task to appear in the list. */
const patienceMs = 30_000;

/** Moves the messages of a dead-letter queue back to their own queue. */
export function move(sqs: SQSClient, queue: DeadLetterQueue, options: MoveOptions): Promise<Moved> {
  return queue.kind === "dead-letter" ? moveByTask(sqs, queue, options) : moveByHand(sqs, queue, options);
}

/** Lets SQS move the messages. If another task is already running, it follows that one instead. */
async function moveByTask(
  sqs: SQSClient,
  { arn, destination }: DeadLetterQueue,
  { rate, onProgress, interruption }: MoveOptions,
): Promise<Moved> {
  const before = await newestTask(sqs, arn);
  if (before?.Status !== "RUNNING") {
    const permissions = `sqs:StartMessageMoveTask, ReceiveMessage, DeleteMessage and GetQueueAttributes on ${arn} and sqs:SendMessage on ${destination.arn}`;
    await explained(permissions, () =>
      sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn, MaxNumberOfMessagesPerSecond: rate })),
    );
  }
  const isOurs = (task: ListMessageMoveTasksResultEntry | undefined) =>
    task !== undefined &&
    (before?.Status === "RUNNING" || task.StartedTimestamp !== before?.StartedTimestamp);
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const task = await newestTask(sqs, arn);
    if (!isOurs(task) && performance.now() > giveUpAt) {
      return { moved: 0, failure: "SQS does not list the task that was started; check again later" };
    }
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    if (isOurs(task)) {
      onProgress(moved);
      if (task?.Status === "COMPLETED") return { moved };
      if (task?.Status === "FAILED") return { moved, failure: task.FailureReason ?? "SQS gives no reason" };
      if (task?.Status === "CANCELLED") return { moved, failure: "it was cancelled" };
      if (interruption.aborted && task?.TaskHandle) await cancel(sqs, arn, task.TaskHandle);
    }
    await pause(pollMs, [interruption]);
  }
}

async function newestTask(sqs: SQSClient, arn: string): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { Results = [] } = await explained(`sqs:ListMessageMoveTasks on ${arn}`, () =>
    sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 })),
  );
  return Results[0];
}

async function cancel(sqs: SQSClient, arn: string, TaskHandle: string): Promise<void> {
  await explained(`sqs:CancelMessageMoveTask on ${arn}`, () =>
    sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle })),
  );
}

/**
 * Moves one batch after the other, because SQS cannot move messages out of the dead-letter queue of a subscription,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html. A message that
 * is sent but not yet deleted when this ends arrives twice, which is harmless to converters.
 */
async function moveByHand(
  sqs: SQSClient,
  { url: QueueUrl, arn, destination }: DeadLetterQueue,
  { rate, onProgress, interruption }: MoveOptions,
): Promise<Moved> {
  const size = Math.min(batchSize, rate);
  let moved = 0;
  while (!interruption.aborted) {
    const { Messages = [] } = await explained(`sqs:ReceiveMessage on ${arn}`, () =>
      sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: size, WaitTimeSeconds: 2 })),
    );
    if (Messages.length === 0) return { moved };
    const sent = await explained(`sqs:SendMessage on ${destination.arn}`, () =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: destination.url,
          Entries: Messages.map(({ Body }, index) => ({ Id: String(index), MessageBody: Body })),
        }),
      ),
    );
    const Entries = (sent.Successful ?? []).map(({ Id = "" }) => ({
      Id,
      ReceiptHandle: Messages[Number(Id)]?.ReceiptHandle,
    }));
    if (Entries.length > 0) {
      await explained(`sqs:DeleteMessage on ${arn}`, () =>
        sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })),
      );
    }
    moved += Entries.length;
    onProgress(moved);
    const [refused] = sent.Failed ?? [];
    if (refused) return { moved, failure: `${refused.Code}: ${refused.Message}` };
    await pause((1_000 * size) / rate, [interruption]);
  }
  return { moved, failure: "it was interrupted" };
}
