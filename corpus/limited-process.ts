import { type ChildProcess, fork } from "node:child_process";
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

/**
 * A child process that answers one message after the other and, as on Lambda, dies of too much time or memory. The
 * next message starts another.
 */
export class LimitedProcess<Request extends object, Answer> {
  readonly #start: () => ChildProcess;
  readonly #limits: Limits;
  #child: ChildProcess | undefined;

  constructor(module: string, args: readonly string[], limits: Limits) {
    this.#limits = limits;
    this.#start = () =>
      fork(module, args, {
        execArgv: [],
        // What the program sets for the functions.
        env: { ...process.env, MALLOC_ARENA_MAX: "2" },
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
  }

  /** @throws {ProcessEnd} */
  ask(request: Request): Promise<Answer> {
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
        action();
      };
      const end = (reason: ProcessEnd["reason"], message: string) => {
        this.#child = undefined;
        child.kill("SIGKILL");
        settle(() => reject(new ProcessEnd(reason, message)));
      };
      const answer = (message: unknown) => settle(() => resolve(message as Answer));
      const exit = (code: number | null, signal: NodeJS.Signals | null) =>
        end("crash", `${signal ?? `exit code ${code}`} ${said.trim().split("\n").slice(0, 6).join(" ")}`);
      const watch = setInterval(() => {
        const resident = residentMb(child.pid ?? 0);
        if (resident > memoryMb) end("out-of-memory", `${resident.toFixed(0)} MB of ${memoryMb}`);
      }, memoryCheckMs);
      const timer = setTimeout(() => end("timeout", `${timeoutSeconds} s`), timeoutSeconds * 1000);
      child.stderr?.on("data", hear);
      child.once("message", answer);
      child.once("exit", exit);
      child.send(request);
    });
  }

  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
