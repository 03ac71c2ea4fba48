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

/** A local cloud outside the process that measures. */
export class CloudProcess {
  readonly api: string;
  readonly #process: ChildProcess;
  readonly #finished = new Map<string, Set<string>>();
  readonly #waiting = new Map<string, () => void>();

  private constructor(child: ChildProcess, api: string) {
    this.#process = child;
    this.api = api;
    child.on("message", (message: CloudMessage) => {
      if (message.kind === "finished") this.#note(message.uploadId, message.variant);
    });
  }

  /** Starts a cloud with nothing in it over `directory`. */
  static async start(directory: string): Promise<CloudProcess> {
    const child = fork(join(import.meta.dirname, "cloud-process.ts"), [directory], { execArgv: [] });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The local cloud's process ended with code ${code}`);
    });
    ended.catch(() => {});
    const [ready] = (await Promise.race([once(child, "message"), ended])) as [CloudMessage];
    if (ready.kind !== "ready") throw new Error(`Expected the local cloud to be ready, not ${ready.kind}`);
    return new CloudProcess(child, ready.api);
  }

  /** Resolves when completion events of `count` variants of the upload have come. */
  async completion(uploadId: string, count: number): Promise<void> {
    while ((this.#finished.get(uploadId)?.size ?? 0) < count) {
      await new Promise<void>((resolve) => this.#waiting.set(uploadId, resolve));
    }
  }

  /** Of the cloud's own process, and of the functions' processes together. */
  cpu(): TreeCpu | undefined {
    return cpuOfTree(this.#process.pid ?? 0);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exit;
  }

  #note(uploadId: string, variant: string): void {
    const variants = this.#finished.get(uploadId) ?? new Set();
    this.#finished.set(uploadId, variants.add(variant));
    this.#waiting.get(uploadId)?.();
  }
}
