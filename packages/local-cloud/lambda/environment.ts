import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { EnvironmentMessage, Invocation, InvocationError } from "./messages.ts";

/** The settings of a function's processes. */
export interface EnvironmentSettings {
  /** The folder of the bundle. */
  readonly taskRoot: string;
  /** `file.export`. */
  readonly handler: string;
  /** A process that uses more resident memory is ended. */
  readonly memoryMb: number;
  /** All environment variables of the process but HOME and TMPDIR. It inherits none. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folder in place of `/tmp`. It is not emptied when an environment replaces one that failed. */
  readonly scratchDirectory: string;
  /** Called with each line that the process writes. */
  readonly onLog: (line: string) => void;
}

/** The outcome of an invocation. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown; readonly residentMb: number }
  | { readonly ok: false; readonly error: InvocationError };

const bootstrap = fileURLToPath(new URL("bootstrap.ts", import.meta.url));

/** An execution environment: a process that runs one invocation at a time and stays warm between them. */
export class Environment {
  readonly #process: ChildProcess;
  #settle: ((result: InvocationResult) => void) | undefined;
  #failure: InvocationError | undefined;
  #invoked = false;

  constructor({ taskRoot, handler, memoryMb, variables, scratchDirectory, onLog }: EnvironmentSettings) {
    this.#process = fork(bootstrap, [taskRoot, handler, String(memoryMb)], {
      cwd: taskRoot,
      // A HOME of its own: the function must not see the developer's ~/.aws.
      env: { HOME: scratchDirectory, TMPDIR: scratchDirectory, ...compileCache(), ...variables },
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", onLog);
    }
    this.#process.on("message", (message: EnvironmentMessage) => this.#receive(message, memoryMb));
    this.#process.on("error", (error) =>
      this.#fail({ errorType: "Runtime.ProcessError", errorMessage: error.message }),
    );
    this.#process.on("exit", (code, signal) =>
      this.#fail({
        errorType: "Runtime.ExitError",
        errorMessage: `Runtime exited: ${signal ?? `code ${code}`}`,
      }),
    );
  }

  /** False when the process has ended or failed: the environment cannot be used again. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  /** True until the first invocation. */
  get cold(): boolean {
    return !this.#invoked;
  }

  /** Runs an invocation. Resolves when the handler answers or throws, or when the process ends; it never rejects. */
  invoke(invocation: Invocation): Promise<InvocationResult> {
    const result = new Promise<InvocationResult>((resolve) => {
      this.#settle = resolve;
    });
    this.#invoked = true;
    if (this.#failure) this.#fail(this.#failure);
    else this.#process.send(invocation);
    return result;
  }

  /** Ends the process at once. An invocation in progress fails with `error`. */
  kill(error: InvocationError): void {
    this.#fail(error);
    this.#process.kill("SIGKILL");
  }

  #receive(message: EnvironmentMessage, memoryMb: number): void {
    switch (message.kind) {
      case "ready":
        break;
      case "result":
        this.#answer({ ok: true, payload: message.payload, residentMb: message.residentMb });
        break;
      case "error":
        this.#answer({ ok: false, error: message.error });
        break;
      case "init-error":
        this.kill(message.error);
        break;
      case "out-of-memory":
        this.#fail({
          errorType: "Runtime.OutOfMemory",
          errorMessage: `${message.residentMb} MB resident, the function has ${memoryMb} MB`,
        });
    }
  }

  #fail(error: InvocationError): void {
    this.#failure ??= error;
    this.#answer({ ok: false, error: this.#failure });
  }

  #answer(result: InvocationResult): void {
    this.#settle?.(result);
    this.#settle = undefined;
  }
}

/**
 * Returns the variable that names this process's compile cache, if it has one. The cache halves the time that a cold start
 * computes; bootstrap.ts removes the variable before the function runs.
 */
function compileCache(): Record<string, string> {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {};
}
