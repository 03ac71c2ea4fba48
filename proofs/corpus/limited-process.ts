import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** A process that ended, or was ended, instead of answering. */
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

function residentMb(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    return (Number(pages) * 4096) / 2 ** 20;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/**
 * A child process that answers one message after the other and, as on Lambda, dies of too much time or memory. The
 * next message starts another, also when it died after its answer.
 */
export class LimitedProcess<Request extends object, Answer> {
  readonly #start: () => ChildProcess;
  readonly #limits: Limits;
  #child: ChildProcess | undefined;

  constructor(module: string, args: readonly string[], limits: Limits) {
    this.#limits = limits;
    this.#start = () => {
      const child = fork(module, args, {
        execArgv: [],
        // What the program sets for the functions.
        env: { ...process.env, MALLOC_ARENA_MAX: "2" },
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        // Ctrl-C ends a whole group of processes: not this one, whose death would look like the file's doing.
        detached: true,
      });
      child.on("exit", () => this.#forget(child));
      child.on("error", () => this.#forget(child));
      return child;
    };
  }

  /** Of the process that answers, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws {ProcessEnd} */
  ask(request: Request): Promise<Answer> {
    const isReused = this.#child !== undefined;
    this.#child ??= this.#start();
    const child = this.#child;
    const { memoryMb, timeoutSeconds } = this.#limits;
    return new Promise((resolve, reject) => {
      let said = "";
      const hear = (chunk: Buffer) => {
        said += chunk;
      };
      const settle = (action: () => void) => {
        clearInterval(watch);
        clearTimeout(timer);
        child.stderr?.off("data", hear);
        child.off("message", answer);
        child.off("exit", exit);
        child.off("error", fail);
        action();
      };
      const end = (reason: ProcessEnd["reason"], message: string) => {
        this.#forget(child);
        child.kill("SIGKILL");
        settle(() => reject(new ProcessEnd(reason, message)));
      };
      const answer = (message: unknown) => settle(() => resolve(message as Answer));
      const exit = (code: number | null, signal: NodeJS.Signals | null) =>
        end("crash", `${signal ?? `exit code ${code}`} ${said.trim().split("\n").slice(0, 6).join(" ")}`);
      const fail = (error: Error) => end("crash", error.message);
      const watch = setInterval(() => {
        const resident = residentMb(child.pid ?? 0);
        if (resident > memoryMb) end("out-of-memory", `${resident.toFixed(0)} MB of ${memoryMb}`);
      }, memoryCheckMs);
      const timer = setTimeout(() => end("timeout", `${timeoutSeconds} s`), timeoutSeconds * 1000);
      child.stderr?.on("data", hear);
      child.once("message", answer);
      child.once("exit", exit);
      child.once("error", fail);
      child.send(request, (error) => {
        if (!error) return;
        if (!isReused) return end("crash", error.message);
        // It died after its answer: this request never reached it.
        this.#forget(child);
        settle(() => resolve(this.ask(request)));
      });
    });
  }

  /** Resolves when the process has ended. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#forget(child);
    if (!isAlive(child)) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  #forget(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
  }
}
