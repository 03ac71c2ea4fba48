import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Queues } from "./queues.ts";

/** A task that moves messages out of a dead-letter queue. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  /** When absent, each message returns to the queue that it came from. */
  readonly destinationArn?: string;
  readonly maxPerSecond?: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The number of messages in the queue at the start. */
  readonly toMove: number;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  /** The number of messages that the task has moved. */
  moved: number;
  failureReason?: string;
}

/** The default rate. SQS chooses a rate itself; the local SQS uses the highest rate that a request may name. */
const maxPerSecond = 500;
const tickMs = 1_000;

/** Moves messages out of dead-letter queues in the background, as `StartMessageMoveTask` does. */
export class MoveTasks {
  readonly #queues: Queues;
  readonly #clock: Clock;
  /** Newest first. */
  readonly #tasks: MoveTask[] = [];
  readonly #timers = new Map<MoveTask, () => void>();

  constructor(queues: Queues, clock: Clock) {
    this.#queues = queues;
    this.#clock = clock;
  }

  /** Starts a task: the first messages move before this returns. */
  start(options: Pick<MoveTask, "sourceArn" | "destinationArn" | "maxPerSecond">): MoveTask {
    const { sourceArn } = options;
    const { visible: toMove } = this.#queues.counts(sourceArn);
    const startedAt = this.#clock.now();
    const task: MoveTask = {
      ...options,
      handle: randomUUID(),
      startedAt,
      toMove,
      status: "RUNNING",
      moved: 0,
    };
    this.#tasks.unshift(task);
    this.#tick(task);
    return task;
  }

  /** Returns a task; undefined when it does not exist. */
  find(handle: string): MoveTask | undefined {
    return this.#tasks.find((task) => task.handle === handle);
  }

  /** Returns the tasks of a dead-letter queue, newest first. */
  of(sourceArn: string): MoveTask[] {
    return this.#tasks.filter((task) => task.sourceArn === sourceArn);
  }

  /** Stops a task; the messages that it has moved stay where they are. */
  cancel(task: MoveTask): void {
    this.#timers.get(task)?.();
    this.#timers.delete(task);
    task.status = "CANCELLED";
  }

  /** Stops all tasks. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #tick(task: MoveTask): void {
    this.#timers.delete(task);
    const limit = task.maxPerSecond ?? maxPerSecond;
    try {
      for (
        let count = 0;
        count < limit && this.#queues.redrive(task.sourceArn, task.destinationArn, 1);
        count++
      )
        task.moved++;
    } catch (error) {
      task.status = "FAILED";
      task.failureReason = error instanceof Error ? error.message.split(":")[0] : String(error);
      return;
    }
    if (this.#queues.counts(task.sourceArn).visible === 0) {
      task.status = "COMPLETED";
      return;
    }
    this.#timers.set(
      task,
      this.#clock.after(tickMs, () => this.#tick(task)),
    );
  }
}
