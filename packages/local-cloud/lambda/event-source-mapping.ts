import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { FaultInjector } from "../faults.ts";
import type { Message, Queues } from "../sqs/queues.ts";
import type { InvocationResult } from "./environment.ts";
import type { InvocationError } from "./messages.ts";

/** The settings of a mapping, from `aws.lambda.EventSourceMapping`. */
export interface EventSourceMappingSettings {
  readonly queueArn: string;
  readonly region: string;
  readonly batchSize: number;
  /** The most batches in progress at once. */
  readonly maximumConcurrency: number;
  /** True when the function answers with the messages that failed. */
  readonly reportsBatchItemFailures: boolean;
}

/** The time that the poller waits when SQS asks it to slow down. */
const throttledPollMs = 1000;

/** A message that stays in its queue because the function failed on it. */
export interface Retry {
  readonly queueArn: string;
  readonly body: string;
  /** The error of the invocation; absent when the function answered and reported the message as failed. */
  readonly error?: InvocationError;
}

/**
 * Polls a queue and invokes a function with batches of messages, with a limited number of batches at once. It deletes
 * the messages that succeeded. The others become visible again when their visibility timeout ends.
 */
export class EventSourceMapping {
  readonly #settings: EventSourceMappingSettings;
  readonly #queues: Queues;
  readonly #clock: Clock;
  readonly #faults: FaultInjector;
  readonly #invoke: (event: unknown) => Promise<InvocationResult>;
  readonly #onRetry: (retry: Retry) => void;
  readonly #stopListening: () => void;
  #cancelTimer: () => void = () => {};
  #batchesInFlight = 0;
  #closed = false;

  constructor(
    settings: EventSourceMappingSettings,
    {
      queues,
      clock,
      faults,
      onRetry,
    }: { queues: Queues; clock: Clock; faults: FaultInjector; onRetry: (retry: Retry) => void },
    invoke: (event: unknown) => Promise<InvocationResult>,
  ) {
    this.#settings = settings;
    this.#queues = queues;
    this.#clock = clock;
    this.#faults = faults;
    this.#invoke = invoke;
    this.#onRetry = onRetry;
    this.#stopListening = queues.onArrival(settings.queueArn, () => this.#poll());
    this.#poll();
  }

  /** Stops polling. The messages of batches in progress stay in the queue. */
  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#cancelTimer();
  }

  #poll(): void {
    this.#cancelTimer();
    const { queueArn, batchSize, maximumConcurrency } = this.#settings;
    while (!this.#closed && this.#batchesInFlight < maximumConcurrency) {
      if (this.#faults.throttlesPoll(queueArn)) {
        this.#cancelTimer = this.#clock.after(throttledPollMs, () => this.#poll());
        return;
      }
      const messages = this.#queues.receive(queueArn, batchSize);
      if (messages.length === 0) {
        this.#pollWhenNextVisible();
        return;
      }
      this.#batchesInFlight++;
      void this.#process(messages).finally(() => {
        this.#batchesInFlight--;
        this.#poll();
      });
    }
  }

  #pollWhenNextVisible(): void {
    const next = this.#queues.nextVisibleAt(this.#settings.queueArn);
    if (next !== undefined)
      this.#cancelTimer = this.#clock.after(next - this.#clock.now(), () => this.#poll());
  }

  async #process(messages: readonly Message[]): Promise<void> {
    const result = await this.#invoke({ Records: messages.map((message) => this.#record(message)) });
    if (this.#closed) return;
    const failed = failedMessageIds(result, messages, this.#settings.reportsBatchItemFailures);
    const { queueArn } = this.#settings;
    for (const message of messages) {
      const { messageId, receiptHandle, body } = message;
      if (failed.has(messageId))
        this.#onRetry({ queueArn, body, ...(!result.ok && { error: result.error }) });
      else if (!this.#faults.losesAcknowledgement(queueArn, message)) {
        this.#queues.delete(queueArn, receiptHandle);
      }
    }
  }

  #record(message: Message): object {
    return {
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      },
      messageAttributes: {},
      md5OfBody: createHash("md5").update(message.body).digest("hex"),
      eventSource: "aws:sqs",
      eventSourceARN: this.#settings.queueArn,
      awsRegion: this.#settings.region,
    };
  }
}

/**
 * Returns the ids of the messages of a batch that stay in the queue. The whole batch stays after an error, and when
 * `batchItemFailures` is malformed or names a message that is not in the batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessageIds(
  result: InvocationResult,
  messages: readonly Pick<Message, "messageId">[],
  reportsBatchItemFailures: boolean,
): ReadonlySet<string> {
  const all = new Set(messages.map(({ messageId }) => messageId));
  if (!result.ok) return all;
  if (!reportsBatchItemFailures) return new Set();
  const failures = (result.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return all;
  const failed = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return failed.every((id): id is string => typeof id === "string" && all.has(id)) ? new Set(failed) : all;
}
