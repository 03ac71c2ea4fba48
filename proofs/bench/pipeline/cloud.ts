import { join } from "node:path";
import { Child } from "../../processes/child.ts";
import { cpuOfTree, type TreeCpu } from "../../processes/process-tree.ts";

/** The variants of the bench's stage. */
export const variants = {
  thumbnail: { converter: "resize", width: 300, height: 300 },
  preview: { converter: "resize", width: 1280, format: "webp" },
  jpg: { converter: "png-to-jpg" },
  archive: { converter: "zip" },
} as const;

/** The calls that the bench makes to the process of the local cloud. */
export interface BenchCloudCalls {
  /** Builds the functions and starts an empty cloud over `directory`; returns the URL of its API. */
  start(directory: string): { readonly api: string };
}

/** The event that the process sends for every finished variant. */
export interface FinishedVariant {
  readonly uploadId: string;
  readonly variant: string;
  readonly state: string;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export interface CloudProcessOptions {
  /** Stops the process, even while it starts. */
  readonly signal?: AbortSignal;
  /** The module that serves `CloudCalls`. */
  readonly script?: string;
}

const cloudScript = join(import.meta.dirname, "cloud-process.ts");

/** A local cloud outside the process that measures. */
export class CloudProcess {
  readonly #child: Child<BenchCloudCalls, FinishedVariant>;
  readonly #finished = new Map<string, Set<string>>();
  readonly #waiting = new Map<string, Waiting>();
  #api = "";

  private constructor(script: string, signal?: AbortSignal) {
    this.#child = new Child<BenchCloudCalls, FinishedVariant>(script, {
      name: "The local cloud's process",
      // Outside the terminal's group, because Ctrl-C would end it before its functions are stopped.
      detached: true,
      onEvent: ({ uploadId, variant }) => this.#note(uploadId, variant),
    });
    const { ended } = this.#child;
    const stop = () => void this.close();
    signal?.addEventListener("abort", stop, { once: true });
    ended.addEventListener("abort", () => {
      signal?.removeEventListener("abort", stop);
      for (const { reject } of this.#waiting.values()) reject(ended.reason);
    });
  }

  /**
   * Starts an empty cloud over `directory`.
   *
   * @throws {ProcessEndError} when its process ends before it is ready
   */
  static async start(
    directory: string,
    { signal, script = cloudScript }: CloudProcessOptions = {},
  ): Promise<CloudProcess> {
    const cloud = new CloudProcess(script, signal);
    try {
      const { api } = await cloud.#child.call("start", directory);
      cloud.#api = api;
      return cloud;
    } catch (error) {
      await cloud.close();
      throw error;
    }
  }

  get api(): string {
    return this.#api;
  }

  /** Aborted when the process ends; the reason is an error that describes the end. */
  get ended(): AbortSignal {
    return this.#child.ended;
  }

  /**
   * Resolves when the completion events of `count` variants of the upload have arrived.
   *
   * @throws {ProcessEndError} when the process has ended, or ends before that
   */
  async completion(uploadId: string, count: number): Promise<void> {
    while ((this.#finished.get(uploadId)?.size ?? 0) < count) {
      this.ended.throwIfAborted();
      await new Promise<void>((resolve, reject) => this.#waiting.set(uploadId, { resolve, reject }));
    }
    this.#waiting.delete(uploadId);
  }

  /** Returns the CPU time of the cloud's own process, and of all functions' processes together. */
  cpu(): TreeCpu | undefined {
    return cpuOfTree(this.#child.pid ?? 0);
  }

  async close(): Promise<void> {
    await this.#child.kill("SIGTERM");
  }

  #note(uploadId: string, variant: string): void {
    const variants = this.#finished.get(uploadId) ?? new Set();
    this.#finished.set(uploadId, variants.add(variant));
    this.#waiting.get(uploadId)?.resolve();
  }
}
