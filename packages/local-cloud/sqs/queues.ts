import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import {
  type MessageAttributes,
  type MessageCounts,
  MessageTable,
  type StoredMessage,
} from "./message-table.ts";

/** The settings of a queue, from `aws.sqs.Queue` or a `CreateQueue` request. */
export interface QueueSettings {
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  /** @default 0 */
  readonly delaySeconds?: number;
  /**
   * The waiting time of a receive request that names none.
   *
   * @default 0
   */
  readonly receiveWaitTimeSeconds?: number;
  /** A message that was received `maxReceiveCount` times goes to the dead-letter queue. */
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** A received message. It is in flight until its visibility timeout ends or it is deleted. */
export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Milliseconds since the epoch. */
  readonly firstReceivedAt: number;
  /** The number of receives, this one included. */
  readonly receiveCount: number;
  /** In a dead-letter queue: the ARN of the queue that the message came from. */
  readonly source?: string;
}

/**
 * Standard SQS queues: at-least-once delivery, visibility timeout, receive count, retention, dead-letter queues and
 * redrive. Messages are stored in SQLite and survive a restart.
 */
export class Queues {
  readonly #messages: MessageTable;
  readonly #clock: Clock;
  readonly #settings: Map<string, QueueSettings>;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(database: DatabaseSync, clock: Clock, queues: readonly QueueSettings[]) {
    this.#messages = new MessageTable(database);
    this.#clock = clock;
    this.#settings = new Map(queues.map((queue) => [queue.arn, queue]));
    // The receivers of an earlier run are gone, so their messages need not wait for the visibility timeout.
    this.#messages.makeVisible(clock.now());
  }

  /** Returns true when the queue exists. */
  has(arn: string): boolean {
    return this.#settings.has(arn);
  }

  /** Returns the ARNs of all queues. */
  list(): string[] {
    return [...this.#settings.keys()];
  }

  /**
   * Returns the settings of a queue.
   *
   * @throws {Error} `AWS.SimpleQueueService.NonExistentQueue` when it does not exist; so do the other methods that need
   *   the queue
   */
  settings(arn: string): QueueSettings {
    const settings = this.#settings.get(arn);
    if (!settings) throw new Error(`AWS.SimpleQueueService.NonExistentQueue: ${arn}`);
    return settings;
  }

  /** Adds an empty queue. It exists until this process ends. */
  create(settings: QueueSettings): void {
    this.#messages.deleteAll(settings.arn);
    this.#settings.set(settings.arn, settings);
  }

  /** Changes some settings of a queue. */
  change(arn: string, settings: Partial<Omit<QueueSettings, "arn">>): void {
    this.#settings.set(arn, { ...this.settings(arn), ...settings });
  }

  /** Removes a queue and its messages. */
  remove(arn: string): void {
    this.#settings.delete(arn);
    this.#messages.deleteAll(arn);
    this.#announce(arn);
  }

  /** Returns the ARNs of the queues whose dead-letter queue is `arn`. */
  sourcesOf(arn: string): string[] {
    return [...this.#settings.values()]
      .filter(({ redrive }) => redrive?.deadLetterTargetArn === arn)
      .map((source) => source.arn);
  }

  /**
   * Sends a message and returns its id. It becomes visible after `delayMs` or the queue's delay, whichever is longer.
   */
  send(arn: string, body: string, delayMs = 0, attributes: MessageAttributes = {}): string {
    const { delaySeconds = 0 } = this.settings(arn);
    const sentAt = this.#clock.now();
    const visibleAt = sentAt + Math.max(delayMs, delaySeconds * 1000);
    const messageId = this.#messages.insert(arn, { body, attributes, sentAt, visibleAt });
    this.#announce(arn);
    return messageId;
  }

  /**
   * Receives up to `limit` visible messages, in no guaranteed order. A message that was already received
   * `maxReceiveCount` times goes to the dead-letter queue instead: as on AWS, this happens at the next receive.
   */
  receive(arn: string, limit: number, visibilityTimeoutSeconds?: number): Message[] {
    const { messageRetentionSeconds, redrive, ...settings } = this.settings(arn);
    const now = this.#clock.now();
    this.#messages.deleteSentUntil(arn, now - messageRetentionSeconds * 1000);
    const hiddenMs = 1000 * (visibilityTimeoutSeconds ?? settings.visibilityTimeoutSeconds);
    const received: Message[] = [];
    // With a timeout of zero a message is visible again at once, but one answer must not contain it twice.
    const seen = new Set<number>();
    while (received.length < limit) {
      const stored = this.#messages.nextVisible(arn, now);
      if (!stored || seen.has(stored.id)) break;
      if (redrive && stored.receiveCount >= redrive.maxReceiveCount) {
        this.#moveToDeadLetterQueue(stored.id, arn, redrive.deadLetterTargetArn);
        continue;
      }
      seen.add(stored.id);
      received.push(this.#markReceived(stored, now, now + hiddenMs));
    }
    return received;
  }

  /** Deletes a message. A handle that a later receive has replaced has no effect, as on a standard queue of AWS. */
  delete(arn: string, receiptHandle: string): void {
    this.settings(arn);
    this.#messages.delete(arn, receiptHandle);
  }

  /** Keeps a message in flight for `seconds` from now; returns false when the handle is not that of one in flight. */
  changeVisibility(arn: string, receiptHandle: string, seconds: number): boolean {
    this.settings(arn);
    const now = this.#clock.now();
    const isInFlight = this.#messages.setVisibility(arn, receiptHandle, now, now + seconds * 1000);
    if (isInFlight) this.#announce(arn);
    return isInFlight;
  }

  /**
   * Moves up to `limit` visible messages out of a dead-letter queue, and returns their number. They go to `targetArn`;
   * by default each one returns to the queue that it came from. A moved message has a new id and the receive count 0.
   *
   * @throws {Error} `CouldNotDetermineMessageSource` when a message without a source has no target, or
   *   `AWS.SimpleQueueService.NonExistentQueue` when the target does not exist
   */
  redrive(deadLetterArn: string, targetArn?: string, limit = Number.POSITIVE_INFINITY): number {
    const now = this.#clock.now();
    let moved = 0;
    for (; moved < limit; moved++) {
      const stored = this.#messages.nextVisible(deadLetterArn, now);
      if (!stored) break;
      const destination = targetArn ?? stored.source;
      if (destination === undefined) throw new Error("CouldNotDetermineMessageSource");
      this.settings(destination);
      this.#messages.redrive(stored.id, destination, now);
      this.#announce(destination);
    }
    return moved;
  }

  /** Counts the messages of a queue by state. */
  counts(arn: string): MessageCounts {
    return this.#messages.counts(arn, this.#clock.now());
  }

  /** Returns the number of messages in a queue, visible or not. */
  depth(arn: string): number {
    const { visible, inFlight, delayed } = this.counts(arn);
    return visible + inFlight + delayed;
  }

  /** Returns the time when the next message is visible (milliseconds since the epoch); undefined for an empty queue. */
  nextVisibleAt(arn: string): number | undefined {
    return this.#messages.nextVisibleAt(arn);
  }

  /** Calls `listener` when a message has arrived or may have become visible. The returned function stops that. */
  onArrival(arn: string, listener: () => void): () => void {
    this.#arrivals.on(arn, listener);
    return () => this.#arrivals.off(arn, listener);
  }

  #markReceived(stored: StoredMessage, now: number, visibleAt: number): Message {
    const receiptHandle = randomUUID();
    this.#messages.markReceived(stored.id, { at: now, visibleAt, receiptHandle });
    const { messageId, body, attributes, sentAt, firstReceivedAt = now, source } = stored;
    const receiveCount = stored.receiveCount + 1;
    return {
      messageId,
      receiptHandle,
      body,
      attributes,
      sentAt,
      firstReceivedAt,
      receiveCount,
      ...(source !== undefined && { source }),
    };
  }

  #moveToDeadLetterQueue(id: number, source: string, deadLetterArn: string): void {
    this.settings(deadLetterArn);
    this.#messages.moveToDeadLetterQueue(id, deadLetterArn, source, this.#clock.now());
    this.#announce(deadLetterArn);
  }

  /** Calls the listeners later: a send may be part of a transaction that is still open. */
  #announce(arn: string): void {
    setImmediate(() => this.#arrivals.emit(arn));
  }
}
