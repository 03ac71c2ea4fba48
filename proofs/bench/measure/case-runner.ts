import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Answer, Memory, Request, Sample } from "./case.ts";

/** Where packages are found that only the bench has. */
const peers = join(import.meta.dirname, "..", "node_modules");

/** One contender: a file in `cases/`, what it is given and how its process is started. */
export interface CaseSettings {
  readonly name: string;
  /** Without folder and extension: `resize` for `cases/resize.ts`. */
  readonly file: string;
  readonly args?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  /** Times in a row that make one turn: a case of milliseconds would else be measured with others' data in the caches. */
  readonly repeat?: number;
  /** Whether the others go on without it when it fails. */
  readonly optional?: boolean;
  /** How its program is started `times` times on next to nothing: what that takes of CPU is subtracted. */
  readonly startUp?: { readonly args: unknown; readonly times: number };
}

/** A case that could not be run: names it and carries what its process said. */
export class CaseError extends Error {
  override readonly name = "CaseError";
}

/** The process of one case, ready to run. */
export class RunningCase {
  readonly name: string;
  readonly #process: ChildProcess;
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  #ended: CaseError | undefined;

  private constructor(directory: string, { name, file, args, env, repeat = 1 }: CaseSettings) {
    this.name = name;
    const files = [join(directory, "case-process.cjs"), join(directory, `${file}.cjs`)] as const;
    this.#process = fork(files[0], [files[1], JSON.stringify(args ?? null), String(repeat)], {
      execArgv: [],
      env: { ...process.env, NODE_PATH: peers, ...env },
    });
    this.#process.on("message", (answer: Answer) => this.#settle?.resolve(answer));
    this.#process.once("exit", (code, signal) => {
      this.#ended = new CaseError(`${name}: its process ended with ${signal ?? `code ${code}`}`);
      this.#settle?.reject(this.#ended);
    });
  }

  /** Starts the process from the bundles in `directory` and waits until it has made itself ready. */
  static async start(directory: string, settings: CaseSettings): Promise<RunningCase> {
    const running = new RunningCase(directory, settings);
    try {
      await running.#answer("ready");
      return running;
    } catch (error) {
      running.close();
      throw error;
    }
  }

  async run(): Promise<Sample> {
    return (await this.#ask("run", "sample")).sample;
  }

  async memory(): Promise<Memory> {
    return (await this.#ask("memory", "memory")).memory;
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }

  #ask<Kind extends Answer["kind"]>(request: Request, kind: Kind) {
    const answer = this.#answer(kind);
    this.#process.send(request);
    return answer;
  }

  async #answer<Kind extends Answer["kind"]>(kind: Kind): Promise<Extract<Answer, { kind: Kind }>> {
    if (this.#ended) throw this.#ended;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    if (answer.kind === kind) return answer as Extract<Answer, { kind: Kind }>;
    throw new CaseError(
      `${this.name}: ${answer.kind === "error" ? answer.message : `answered ${answer.kind}`}`,
    );
  }
}
