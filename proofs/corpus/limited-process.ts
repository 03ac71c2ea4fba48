import type { CallsOf } from "../processes/calls.ts";
import { Child, ProcessEndError, UnsentCallError } from "../processes/child.ts";
import { residentMbOf } from "../processes/memory.ts";

/** The process ended or was killed before it answered. */
export class ProcessEnd extends Error {
  override readonly name = "ProcessEnd";
  readonly reason: "crash" | "timeout" | "out-of-memory";

  constructor(reason: ProcessEnd["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface Limits {
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
}

const memoryCheckMs = 50;
/** Number of lines of standard error that explain a crash. */
const shownLines = 6;

/**
 * A child process that answers one call after the other. As on Lambda, it is killed when it exceeds its time or its
 * memory. After the process has ended, the next call starts another one.
 */
export class LimitedProcess<Calls extends CallsOf<Calls>> {
  readonly #start: () => Child<Calls>;
  readonly #limits: Limits;
  #child: Child<Calls> | undefined;

  constructor(module: string, args: readonly string[], limits: Limits) {
    this.#limits = limits;
    this.#start = () => {
      const child = new Child<Calls>(module, {
        name: module,
        args,
        // The program sets the same variable for the functions.
        env: { ...process.env, MALLOC_ARENA_MAX: "2" },
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        // Outside the terminal's group, so that an end by Ctrl-C is not blamed on the file.
        detached: true,
      });
      child.ended.addEventListener("abort", () => this.#forget(child));
      return child;
    };
  }

  /** The id of the current process, if there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws {ProcessEnd} when the process ends, or exceeds its time or memory */
  async call<Name extends keyof Calls & string>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    const isReused = this.#child !== undefined;
    this.#child ??= this.#start();
    const child = this.#child;
    const { memoryMb, timeoutSeconds } = this.#limits;
    let errorText = "";
    const listen = (chunk: Buffer) => {
      errorText += chunk;
    };
    let end: ProcessEnd | undefined;
    const stop = (reason: ProcessEnd["reason"], message: string) => {
      end ??= new ProcessEnd(reason, message);
      void child.kill();
    };
    const memoryCheck = setInterval(() => {
      const resident = residentMbOf(child.pid ?? 0);
      if (resident > memoryMb) stop("out-of-memory", `${resident.toFixed(0)} MB of ${memoryMb}`);
    }, memoryCheckMs);
    const timer = setTimeout(() => stop("timeout", `${timeoutSeconds} s`), timeoutSeconds * 1000);
    child.stderr?.on("data", listen);
    try {
      return await child.call(name, ...args);
    } catch (error) {
      this.#forget(child);
      void child.kill();
      // The process ended after its last answer, so this call never reached it.
      if (error instanceof UnsentCallError && isReused) return await this.call(name, ...args);
      const lines = errorText.trim().split("\n").slice(0, shownLines).join(" ");
      throw end ?? new ProcessEnd("crash", `${describe(error)} ${lines}`);
    } finally {
      clearInterval(memoryCheck);
      clearTimeout(timer);
      child.stderr?.off("data", listen);
    }
  }

  /** Resolves when the process has ended. */
  async close(): Promise<void> {
    await this.#child?.kill();
  }

  #forget(child: Child<Calls>): void {
    if (this.#child === child) this.#child = undefined;
  }
}

function describe(error: unknown): string {
  if (error instanceof ProcessEndError) return error.how;
  return error instanceof Error ? error.message : String(error);
}
