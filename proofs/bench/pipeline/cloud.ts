import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cpuOfTree, type TreeCpu } from "../measure/process-tree.ts";

/** What the bench's stage makes of a picture. */
export const variants = {
  thumbnail: { converter: "resize", width: 300, height: 300 },
  preview: { converter: "resize", width: 1280, format: "webp" },
  jpg: { converter: "png-to-jpg" },
  archive: { converter: "zip" },
} as const;

export type CloudMessage =
  | { readonly kind: "ready"; readonly api: string }
  | {
      readonly kind: "finished";
      readonly uploadId: string;
      readonly variant: string;
      readonly state: string;
    };

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export interface CloudProcessOptions {
  /** Stops the process, when it is still starting too. */
  readonly signal?: AbortSignal;
  /** What runs the cloud over the folder that is its argument. */
  readonly script?: string;
}

const cloudScript = join(import.meta.dirname, "cloud-process.ts");

/** A local cloud outside the process that measures. */
export class CloudProcess {
  readonly api: string;
  readonly #process: ChildProcess;
  readonly #ended = new AbortController();
  readonly #finished = new Map<string, Set<string>>();
  readonly #waiting = new Map<string, Waiting>();

  private constructor(child: ChildProcess, ended: Promise<never>, api: string) {
    this.#process = child;
    this.api = api;
    child.on("message", (message: CloudMessage) => {
      if (message.kind === "finished") this.#note(message.uploadId, message.variant);
    });
    ended.catch((reason: Error) => {
      this.#ended.abort(reason);
      for (const { reject } of this.#waiting.values()) reject(reason);
    });
  }

  /**
   * Starts a cloud with nothing in it over `directory`.
   *
   * @throws {Error} when its process ends before it is ready
   */
  static async start(
    directory: string,
    { signal, script = cloudScript }: CloudProcessOptions = {},
  ): Promise<CloudProcess> {
    // Not in the terminal's group: Ctrl-C would end it before its functions have been stopped.
    const child = fork(script, [directory], { execArgv: [], detached: true });
    const stop = () => void child.kill("SIGTERM");
    signal?.addEventListener("abort", stop, { once: true });
    const ended = once(child, "exit").then(([code, killer]): never => {
      signal?.removeEventListener("abort", stop);
      throw new Error(`The local cloud's process ended with ${killer ?? `code ${code}`}`);
    });
    ended.catch(() => {});
    const [ready] = (await Promise.race([once(child, "message"), ended])) as [CloudMessage];
    if (ready.kind !== "ready") throw new Error(`Expected the local cloud to be ready, not ${ready.kind}`);
    return new CloudProcess(child, ended, ready.api);
  }

  /** Aborted when the process ends; the reason is an error that tells how. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Resolves when completion events of `count` variants of the upload have come.
   *
   * @throws {Error} when the process has ended, or ends before
   */
  async completion(uploadId: string, count: number): Promise<void> {
    while ((this.#finished.get(uploadId)?.size ?? 0) < count) {
      this.ended.throwIfAborted();
      await new Promise<void>((resolve, reject) => this.#waiting.set(uploadId, { resolve, reject }));
    }
    this.#waiting.delete(uploadId);
  }

  /** Of the cloud's own process, and of the functions' processes together. */
  cpu(): TreeCpu | undefined {
    return cpuOfTree(this.#process.pid ?? 0);
  }

  async close(): Promise<void> {
    if (this.ended.aborted) return;
    const ended = once(this.ended, "abort");
    this.#process.kill("SIGTERM");
    await ended;
  }

  #note(uploadId: string, variant: string): void {
    const variants = this.#finished.get(uploadId) ?? new Set();
    this.#finished.set(uploadId, variants.add(variant));
    this.#waiting.get(uploadId)?.resolve();
  }
}
