import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Graph } from "@henkan/local-cloud";
import type { FaultSettings, InjectedFault } from "@henkan/local-cloud/testing";
import type { Command, Footprint, Report } from "./messages.ts";

const cloudProcess = fileURLToPath(new URL("cloud-process.ts", import.meta.url));

interface StartOptions {
  readonly graph: Graph;
  readonly dataDirectory: string;
  readonly faults: FaultSettings;
  readonly onFault: (fault: InjectedFault) => void;
  /** Called when it ends without having been told to. */
  readonly onCrash: (error: Error) => void;
}

/** The local cloud's process, seen from the simulator. */
export class CloudChild {
  readonly #process: ChildProcess;
  readonly #reports = new EventEmitter();
  #apiUrl = "";
  #isToEnd = false;

  private constructor({ onFault, onCrash }: Pick<StartOptions, "onFault" | "onCrash">) {
    this.#process = fork(cloudProcess, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    // The machine has other work to do: this and the functions' processes below it step back.
    if (this.#process.pid) setPriority(this.#process.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    this.#process.on("message", (report: Report) => {
      if (report.kind === "fault") onFault(report.fault);
      else this.#reports.emit("report", report);
    });
    this.#process.on("exit", (code, signal) => {
      if (!this.#isToEnd) onCrash(new Error(`The local cloud ended by itself: ${signal ?? `code ${code}`}`));
    });
  }

  static async start({ onFault, onCrash, ...options }: StartOptions): Promise<CloudChild> {
    const child = new CloudChild({ onFault, onCrash });
    try {
      const { apiUrl } = await child.#ask({ kind: "start", ...options }, "started");
      child.#apiUrl = apiUrl;
      return child;
    } catch (error) {
      await child.kill();
      throw error;
    }
  }

  get apiUrl(): string {
    return this.#apiUrl;
  }

  look(): Promise<{ isSettled: boolean; waiting: number }> {
    return this.#ask({ kind: "look" }, "looked");
  }

  /** Moves everything from the dead-letter queues back; returns how many messages that were. */
  async redrive(): Promise<number> {
    return (await this.#ask({ kind: "redrive" }, "redriven")).messages;
  }

  async measure(): Promise<Footprint> {
    return (await this.#ask({ kind: "measure" }, "measured")).footprint;
  }

  /** `kill -9`: whatever it was doing is left as it is. */
  async kill(): Promise<void> {
    this.#isToEnd = true;
    if (this.#hasEnded) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }

  /** Lets it end in order. */
  async close(): Promise<void> {
    this.#isToEnd = true;
    if (this.#hasEnded) return;
    const ended = once(this.#process, "exit");
    this.#process.send({ kind: "close" } satisfies Command);
    await ended;
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Asks one question at a time: the answers come in order. */
  async #ask<Kind extends Report["kind"]>(command: Command, kind: Kind): Promise<Report & { kind: Kind }> {
    const abort = new AbortController();
    const { signal } = abort;
    const answered = once(this.#reports, "report", { signal });
    const ended = once(this.#process, "exit", { signal });
    this.#process.send(command);
    try {
      const [report] = (await Promise.race([answered, ended.then(() => [undefined])])) as [
        Report | undefined,
      ];
      if (!report) throw new Error("The local cloud's process ended by itself");
      if (report.kind === "failed") throw new Error(`The local cloud failed: ${report.message}`);
      if (report.kind !== kind)
        throw new Error(`Expected "${kind}" of the local cloud, not "${report.kind}"`);
      return report as Report & { kind: Kind };
    } finally {
      abort.abort();
      await Promise.allSettled([answered, ended]);
    }
  }
}
