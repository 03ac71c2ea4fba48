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

/** A queue as `aws.sqs.Queue` declares it, or `CreateQueue` on the wire. */
export interface QueueSettings {
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  /** None when absent. */
  readonly delaySeconds?: number;
  /** Of receives that do not say for themselves how long they wait; not at all when absent. */
  readonly receiveWaitTimeSeconds?: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** A received message: in flight until its visibility timeout ends or it is deleted. */
export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  /** The ARN of the queue a dead letter came from. */
  readonly source?: string;
}

/**
 * Standard SQS queues, kept in SQLite so that they outlive the process: at-least-once delivery, visibility
 * timeout, receive count, retention, dead-letter queues and redrive.
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
    // Whoever received a message in an earlier run is gone: it need not wait for its visibility timeout.
    this.#messages.makeVisible(clock.now());
  }

  has(arn: string): boolean {
    return this.#settings.has(arn);
  }

  /** ARNs of all queues. */
  list(): string[] {
    return [...this.#settings.keys()];
  }

  /** @throws when there is no such queue. */
  settings(arn: string): QueueSettings {
    const settings = this.#settings.get(arn);
    if (!settings) throw new Error(`AWS.SimpleQueueService.NonExistentQueue: ${arn}`);
    return settings;
  }

  /** Adds an empty queue, until this process ends. */
  create(settings: QueueSettings): void {
    this.#messages.deleteAll(settings.arn);
    this.#settings.set(settings.arn, settings);
  }

  change(arn: string, settings: Partial<Omit<QueueSettings, "arn">>): void {
    this.#settings.set(arn, { ...this.settings(arn), ...settings });
  }

  /** Removes a queue with its messages. */
  remove(arn: string): void {
    this.#settings.delete(arn);
    this.#messages.deleteAll(arn);
    this.#announce(arn);
  }

  /** Queues whose dead letters go to `arn`. */
  sourcesOf(arn: string): string[] {
    return [...this.#settings.values()]
      .filter(({ redrive }) => redrive?.deadLetterTargetArn === arn)
      .map((source) => source.arn);
  }

  /** Stores a message that becomes visible after `delayMs`; returns its id. */
  send(arn: string, body: string, delayMs = 0, attributes: MessageAttributes = {}): string {
    const { delaySeconds = 0 } = this.settings(arn);
    const sentAt = this.#clock.now();
    const visibleAt = sentAt + Math.max(delayMs, delaySeconds * 1000);
    const messageId = this.#messages.insert(arn, { body, attributes, sentAt, visibleAt });
    this.#announce(arn);
    return messageId;
  }

  /**
   * Takes up to `limit` visible messages in no promised order. One that was received `maxReceiveCount` times
   * already goes to the dead-letter queue instead, as it does on AWS: at the next receive.
   */
  receive(arn: string, limit: number, visibilityTimeoutSeconds?: number): Message[] {
    const { messageRetentionSeconds, redrive, ...settings } = this.settings(arn);
    const now = this.#clock.now();
    this.#messages.deleteSentUntil(arn, now - messageRetentionSeconds * 1000);
    const hiddenMs = 1000 * (visibilityTimeoutSeconds ?? settings.visibilityTimeoutSeconds);
    const received: Message[] = [];
    // With a timeout of zero a message is visible again at once: it is not to fill the whole batch.
    const seen = new Set<number>();
    while (received.length < limit) {
      const stored = this.#messages.nextVisible(arn, now);
      if (!stored || seen.has(stored.id)) break;
      if (redrive && stored.receiveCount >= redrive.maxReceiveCount) {
        this.#park(stored.id, arn, redrive.deadLetterTargetArn);
        continue;
      }
      seen.add(stored.id);
      received.push(this.#take(stored, now, now + hiddenMs));
    }
    return received;
  }

  /** Deleting by a handle that a later receive has replaced does nothing, as on a standard queue. */
  delete(arn: string, receiptHandle: string): void {
    this.settings(arn);
    this.#messages.delete(arn, receiptHandle);
  }

  /** Whether the handle is that of a message in flight, which then stays so for `seconds` from now. */
  changeVisibility(arn: string, receiptHandle: string, seconds: number): boolean {
    this.settings(arn);
    const now = this.#clock.now();
    const isInFlight = this.#messages.setVisibility(arn, receiptHandle, now, now + seconds * 1000);
    if (isInFlight) this.#announce(arn);
    return isInFlight;
  }

  /**
   * Moves up to `limit` visible messages of a dead-letter queue, with a fresh id and receive count, each to where it
   * came from or all to `targetArn`; returns how many.
   *
   * @throws when a message was sent to the dead-letter queue itself and no target is given, or the target is gone.
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

  counts(arn: string): MessageCounts {
    return this.#messages.counts(arn, this.#clock.now());
  }

  /** Messages in the queue, visible or not. */
  depth(arn: string): number {
    const { visible, inFlight, delayed } = this.counts(arn);
    return visible + inFlight + delayed;
  }

  /** When the next message can be received (milliseconds since the epoch); undefined for an empty queue. */
  nextVisibleAt(arn: string): number | undefined {
    return this.#messages.nextVisibleAt(arn);
  }

  /** Calls `listener` whenever a message has arrived or may have become visible; the returned function ends that. */
  onArrival(arn: string, listener: () => void): () => void {
    this.#arrivals.on(arn, listener);
    return () => this.#arrivals.off(arn, listener);
  }

  #take(stored: StoredMessage, now: number, visibleAt: number): Message {
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

  #park(id: number, source: string, deadLetterArn: string): void {
    this.settings(deadLetterArn);
    this.#messages.park(id, deadLetterArn, source, this.#clock.now());
    this.#announce(deadLetterArn);
  }

  /** Listeners run later: a send may be part of a transaction that is still open. */
  #announce(arn: string): void {
    setImmediate(() => this.#arrivals.emit(arn));
  }
}
