import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** An attribute of a message in SQS and SNS. */
export interface MessageAttribute {
  readonly dataType: string;
  /** Text, or base64 for binary types. */
  readonly value: string;
}

/** Message attributes by name. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message in its queue. Times are in milliseconds since the epoch. */
export interface StoredMessage {
  readonly id: number;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  readonly firstReceivedAt: number | undefined;
  readonly receiveCount: number;
  /** In a dead-letter queue: the ARN of the queue that the message came from. */
  readonly source: string | undefined;
}

/** The number of messages in a queue, by their state. */
export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

interface Row {
  id: number;
  message_id: string;
  body: string;
  attributes: string | null;
  sent_at: number;
  first_received_at: number | null;
  receive_count: number;
  source: string | null;
}

/** Stores the messages of all queues in SQLite, so that they survive a restart. Queues are named by ARN. */
export class MessageTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
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
    // Data folders of earlier versions lack these columns.
    const columns = database.prepare("SELECT name FROM pragma_table_info('messages')").all();
    for (const column of ["attributes", "source"]) {
      if (!columns.some(({ name }) => name === column))
        database.exec(`ALTER TABLE messages ADD COLUMN ${column} TEXT`);
    }
  }

  /** Adds a message and returns its id. */
  insert(
    queue: string,
    message: { body: string; attributes: MessageAttributes; sentAt: number; visibleAt: number },
  ): string {
    const messageId = randomUUID();
    this.#database
      .prepare(
        "INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(
        queue,
        messageId,
        message.body,
        JSON.stringify(message.attributes),
        message.sentAt,
        message.visibleAt,
      );
    return messageId;
  }

  /** Returns the message that has been visible for the longest time. */
  nextVisible(queue: string, now: number): StoredMessage | undefined {
    const row = this.#database
      .prepare("SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at LIMIT 1")
      .get(queue, now) as Row | undefined;
    return row && storedMessage(row);
  }

  /** Records a receive; the message is in flight until `visibleAt`. */
  markReceived(id: number, received: { at: number; visibleAt: number; receiptHandle: string }): void {
    this.#database
      .prepare(
        `UPDATE messages SET visible_at = ?, first_received_at = coalesce(first_received_at, ?),
         receive_count = receive_count + 1, receipt_handle = ? WHERE id = ?`,
      )
      .run(received.visibleAt, received.at, received.receiptHandle, id);
  }

  /** Hides a message in flight until `visibleAt`; returns false when no message in flight has this receipt handle. */
  setVisibility(queue: string, receiptHandle: string, now: number, visibleAt: number): boolean {
    const { changes } = this.#database
      .prepare("UPDATE messages SET visible_at = ? WHERE queue = ? AND receipt_handle = ? AND visible_at > ?")
      .run(visibleAt, queue, receiptHandle, now);
    return changes > 0;
  }

  /** Moves a message to a dead-letter queue. It keeps its id and its age. */
  moveToDeadLetterQueue(id: number, queue: string, source: string, now: number): void {
    this.#database
      .prepare(
        `UPDATE messages SET queue = ?, source = ?, visible_at = ?, receive_count = 0, receipt_handle = NULL
         WHERE id = ?`,
      )
      .run(queue, source, now, id);
  }

  /** Moves a message out of a dead-letter queue. For its destination it is a new message. */
  redrive(id: number, queue: string, now: number): void {
    this.#database
      .prepare(
        `UPDATE messages SET queue = ?, message_id = ?, source = NULL, sent_at = ?, visible_at = ?,
         first_received_at = NULL, receive_count = 0, receipt_handle = NULL WHERE id = ?`,
      )
      .run(queue, randomUUID(), now, now, id);
  }

  /** Deletes the message with this receipt handle, if it exists. */
  delete(queue: string, receiptHandle: string): void {
    this.#database
      .prepare("DELETE FROM messages WHERE queue = ? AND receipt_handle = ?")
      .run(queue, receiptHandle);
  }

  /** Deletes the messages that were sent at `time` or before. */
  deleteSentUntil(queue: string, time: number): void {
    this.#database.prepare("DELETE FROM messages WHERE queue = ? AND sent_at <= ?").run(queue, time);
  }

  /** Deletes every message of a queue. */
  deleteAll(queue: string): void {
    this.#database.prepare("DELETE FROM messages WHERE queue = ?").run(queue);
  }

  /** Makes messages in flight visible, and dead letters of an earlier run whose clock was ahead. */
  makeVisible(now: number): void {
    this.#database
      .prepare("UPDATE messages SET visible_at = ? WHERE receipt_handle IS NOT NULL OR source IS NOT NULL")
      .run(now);
  }

  /** Counts the messages of a queue by state. */
  counts(queue: string, now: number): MessageCounts {
    const row = this.#database
      .prepare(
        `SELECT count(*) FILTER (WHERE visible_at <= ?1) AS visible,
         count(*) FILTER (WHERE visible_at > ?1 AND receipt_handle IS NOT NULL) AS in_flight,
         count(*) FILTER (WHERE visible_at > ?1 AND receipt_handle IS NULL) AS delayed
         FROM messages WHERE queue = ?2`,
      )
      .get(now, queue);
    return { visible: Number(row?.visible), inFlight: Number(row?.in_flight), delayed: Number(row?.delayed) };
  }

  /** Returns the time when the next message of a queue is visible; undefined for an empty queue. */
  nextVisibleAt(queue: string): number | undefined {
    const row = this.#database
      .prepare("SELECT min(visible_at) AS next FROM messages WHERE queue = ?")
      .get(queue);
    return typeof row?.next === "number" ? row.next : undefined;
  }
}

function storedMessage(row: Row): StoredMessage {
  return {
    id: row.id,
    messageId: row.message_id,
    body: row.body,
    attributes: row.attributes === null ? {} : (JSON.parse(row.attributes) as MessageAttributes),
    sentAt: row.sent_at,
    firstReceivedAt: row.first_received_at ?? undefined,
    receiveCount: row.receive_count,
    source: row.source ?? undefined,
  };
}
