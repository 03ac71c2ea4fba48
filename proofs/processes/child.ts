import { type ChildProcess, fork, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { CallsOf, ChildMessage } from "./calls.ts";

/** The process ended or could not be started. */
export class ProcessEndError extends Error {
  override readonly name = "ProcessEndError";
  /** `SIGKILL`, `code 1`, or the reason why it did not start. */
  readonly how: string;

  constructor(processName: string, how: string) {
    super(`${processName} ended with ${how}`);
    this.how = how;
  }
}

/** The process has closed its channel, so the call never reached it. */
export class UnsentCallError extends Error {
  override readonly name = "UnsentCallError";
}

/** An error that the process threw while it answered a call; the message is the stack of that error. */
export class CallError extends Error {
  override readonly name = "CallError";
}

export interface ChildOptions<Event> {
  /** The subject of error messages, such as "The local cloud's process". */
  readonly name: string;
  readonly args?: readonly string[];
  /** @default the variables of this process */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Puts the process into a group of its own, which Ctrl-C in the terminal does not reach.
   *
   * @default false
   */
  readonly detached?: boolean;
  /** @default the streams of this process */
  readonly stdio?: StdioOptions;
  readonly onEvent?: (event: Event) => void;
}

/**
 * A Node.js process that answers `Calls` by `serve`. It exits when this process ends, however that happens.
 *
 * @example
 * const child = new Child<{ double(value: number): number }>(script, { name: "The calculator" });
 * await child.call("double", 21); // 42
 * await child.kill();
 */
export class Child<Calls extends CallsOf<Calls>, Event = never> {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #ended = new AbortController();
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;

  constructor(script: string, options: ChildOptions<Event>) {
    const { name, args = [], env, detached = false, stdio, onEvent } = options;
    this.#name = name;
    this.#process = fork(script, args, {
      execArgv: [],
      detached,
      ...(env && { env }),
      ...(stdio && { stdio }),
    });
    this.#process.on("message", (message: ChildMessage) => {
      if ("event" in message) onEvent?.(message.event as Event);
      else this.#settle(message);
    });
    this.#process.once("exit", (code, signal) => this.#end(signal ?? `code ${code}`));
    this.#process.on("error", (error) => {
      if (this.#process.pid === undefined) this.#end(error.message);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Standard error, where `stdio` pipes it. */
  get stderr(): Readable | null {
    return this.#process.stderr;
  }

  /** Aborted when the process ends; the reason is a `ProcessEndError`. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Calls a method of the process.
   *
   * @throws {CallError} when the method throws
   * @throws {ProcessEndError} when the process has ended, or ends before it answers
   * @throws {UnsentCallError} when the process can no longer be reached
   */
  call<Name extends keyof Calls & string>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    if (this.ended.aborted) return Promise.reject(this.ended.reason);
    const id = ++this.#calls;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#process.send({ id, name, args }, (error) => {
      if (!error) return;
      this.#waiting.delete(id);
      answer.reject(new UnsentCallError(`${this.#name} cannot be reached: ${error.message}`));
    });
    return answer.promise as Promise<ReturnType<Calls[Name]>>;
  }

  /** Sends a signal and resolves when the process has ended. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.ended.aborted) return;
    const ended = once(this.ended, "abort");
    this.#process.kill(signal);
    await ended;
  }

  /** Closes the channel, which lets the process clean up and exit, and resolves when it has ended. */
  async disconnect(): Promise<void> {
    if (this.ended.aborted) return;
    const ended = once(this.ended, "abort");
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }

  #settle(message: Exclude<ChildMessage, { event: unknown }>): void {
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) answer?.reject(new CallError(message.error));
    else answer?.resolve(message.result);
  }

  #end(how: string): void {
    const error = new ProcessEndError(this.#name, how);
    this.#ended.abort(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
