import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";

/** A queue as `aws.sqs.Queue` declares it. */
export interface QueueSettings {
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** A received message: in flight until its visibility timeout ends or it is deleted. */
export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
}

interface Row {
  id: number;
  message_id: string;
  body: string;
  sent_at: number;
  first_received_at: number | null;
  receive_count: number;
}

/**
 * Standard SQS queues, kept in SQLite so that they outlive the process: at-least-once delivery, visibility
 * timeout, receive count, retention, dead-letter queues and redrive.
 */
export class Queues {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #settings: ReadonlyMap<string, QueueSettings>;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(database: DatabaseSync, clock: Clock, queues: readonly QueueSettings[]) {
    this.#database = database;
    this.#clock = clock;
    this.#settings = new Map(queues.map((queue) => [queue.arn, queue]));
    database.exec(`
      CREATE TABLE IF NOT EXISTS messages (
        id INTEGER PRIMARY KEY,
        queue TEXT NOT NULL,
        message_id TEXT NOT NULL,
        body TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        first_received_at INTEGER,
        receive_count INTEGER NOT NULL DEFAULT 0,
        receipt_handle TEXT
      );
      CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at);
      CREATE INDEX IF NOT EXISTS messages_by_receipt ON messages (receipt_handle);
    `);
    // Whoever received a message in an earlier run is gone: it need not wait for its visibility timeout.
    database.prepare("UPDATE messages SET visible_at = ? WHERE receipt_handle IS NOT NULL").run(clock.now());
  }

  has(arn: string): boolean {
    return this.#settings.has(arn);
  }

  /** @throws when no such queue is declared. */
  settings(arn: string): QueueSettings {
    const settings = this.#settings.get(arn);
    if (!settings) throw new Error(`AWS.SimpleQueueService.NonExistentQueue: ${arn}`);
    return settings;
  }

  /** Stores a message that becomes visible after `delayMs`; returns its id. */
  send(arn: string, body: string, delayMs = 0): string {
    this.settings(arn);
    const messageId = randomUUID();
    const now = this.#clock.now();
    this.#database
      .prepare("INSERT INTO messages (queue, message_id, body, sent_at, visible_at) VALUES (?, ?, ?, ?, ?)")
      .run(arn, messageId, body, now, now + delayMs);
    this.#announce(arn);
    return messageId;
  }

  /**
   * Takes up to `limit` visible messages in no promised order. One that was received `maxReceiveCount` times
   * already goes to the dead-letter queue instead, as it does on AWS: at the next receive.
   */
  receive(arn: string, limit: number): Message[] {
    const { visibilityTimeoutSeconds, messageRetentionSeconds, redrive } = this.settings(arn);
    const now = this.#clock.now();
    this.#database
      .prepare("DELETE FROM messages WHERE queue = ? AND sent_at <= ?")
      .run(arn, now - messageRetentionSeconds * 1000);
    const received: Message[] = [];
    while (received.length < limit) {
      const row = this.#database
        .prepare("SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at LIMIT 1")
        .get(arn, now) as Row | undefined;
      if (!row) break;
      if (redrive && row.receive_count >= redrive.maxReceiveCount) {
        this.#move(row.id, redrive.deadLetterTargetArn);
        continue;
      }
      received.push(this.#take(row, now, visibilityTimeoutSeconds));
    }
    return received;
  }

  /** Deleting by a handle that a later receive has replaced does nothing, as on a standard queue. */
  delete(arn: string, receiptHandle: string): void {
    this.#database
      .prepare("DELETE FROM messages WHERE queue = ? AND receipt_handle = ?")
      .run(arn, receiptHandle);
  }

  /** Moves all messages of a dead-letter queue back to `targetArn` with a fresh receive count; returns how many. */
  redrive(deadLetterArn: string, targetArn: string): number {
    this.settings(targetArn);
    const { changes } = this.#database
      .prepare(
        `UPDATE messages SET queue = ?, receive_count = 0, first_received_at = NULL, receipt_handle = NULL,
         sent_at = ?, visible_at = ? WHERE queue = ?`,
      )
      .run(targetArn, this.#clock.now(), this.#clock.now(), deadLetterArn);
    this.#announce(targetArn);
    return Number(changes);
  }

  /** Messages in the queue, visible and in flight. */
  depth(arn: string): number {
    const row = this.#database.prepare("SELECT count(*) AS depth FROM messages WHERE queue = ?").get(arn);
    return Number(row?.depth);
  }

  /** When the next message can be received (milliseconds since the epoch); undefined for an empty queue. */
  nextVisibleAt(arn: string): number | undefined {
    const row = this.#database
      .prepare("SELECT min(visible_at) AS next FROM messages WHERE queue = ?")
      .get(arn) as { next: number | null };
    return row.next ?? undefined;
  }

  /** Calls `listener` whenever a message has arrived; the returned function ends that. */
  onArrival(arn: string, listener: () => void): () => void {
    this.#arrivals.on(arn, listener);
    return () => this.#arrivals.off(arn, listener);
  }

  #take(row: Row, now: number, visibilityTimeoutSeconds: number): Message {
    const receiptHandle = randomUUID();
    const firstReceivedAt = row.first_received_at ?? now;
    this.#database
      .prepare(
        `UPDATE messages SET visible_at = ?, first_received_at = ?, receive_count = receive_count + 1,
         receipt_handle = ? WHERE id = ?`,
      )
      .run(now + visibilityTimeoutSeconds * 1000, firstReceivedAt, receiptHandle, row.id);
    return {
      messageId: row.message_id,
      receiptHandle,
      body: row.body,
      sentAt: row.sent_at,
      firstReceivedAt,
      receiveCount: row.receive_count + 1,
    };
  }

  #move(id: number, arn: string): void {
    this.settings(arn);
    this.#database
      .prepare(
        "UPDATE messages SET queue = ?, visible_at = ?, receive_count = 0, receipt_handle = NULL WHERE id = ?",
      )
      .run(arn, this.#clock.now(), id);
    this.#announce(arn);
  }

  /** Listeners run later: a send may be part of a transaction that is still open. */
  #announce(arn: string): void {
    setImmediate(() => this.#arrivals.emit(arn));
  }
}
