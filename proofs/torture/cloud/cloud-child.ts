import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { Child } from "../../processes/child.ts";
import type { InjectedFault } from "../faults/settings.ts";
import type { CloudCalls, CloudEvent, CloudSettings, Footprint } from "./messages.ts";

const cloudProcess = fileURLToPath(new URL("cloud-process.ts", import.meta.url));

interface StartOptions extends CloudSettings {
  readonly onFault: (fault: InjectedFault) => void;
  /** Called when the process ends although neither `kill` nor `close` was called. */
  readonly onCrash: (error: Error) => void;
}

/** The simulator's handle on the local cloud's process. */
export class CloudChild {
  readonly #child: Child<CloudCalls, CloudEvent>;
  #apiUrl = "";
  #isEnding = false;

  private constructor({ onFault, onCrash }: Pick<StartOptions, "onFault" | "onCrash">) {
    this.#child = new Child<CloudCalls, CloudEvent>(cloudProcess, {
      name: "The local cloud's process",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      onEvent: onFault,
    });
    // A lower priority, which the functions' processes inherit, leaves the processor to other work.
    if (this.#child.pid) setPriority(this.#child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const { ended } = this.#child;
    ended.addEventListener("abort", () => {
      if (!this.#isEnding) onCrash(ended.reason);
    });
  }

  static async start({ onFault, onCrash, ...settings }: StartOptions): Promise<CloudChild> {
    const cloud = new CloudChild({ onFault, onCrash });
    try {
      const { apiUrl } = await cloud.#child.call("start", settings);
      cloud.#apiUrl = apiUrl;
      return cloud;
    } catch (error) {
      await cloud.kill();
      throw error;
    }
  }

  get apiUrl(): string {
    return this.#apiUrl;
  }

  progress(): Promise<ReturnType<CloudCalls["progress"]>> {
    return this.#child.call("progress");
  }

  /** Moves every message of the dead-letter queues back; returns how many there were. */
  redrive(): Promise<number> {
    return this.#child.call("redrive");
  }

  measure(): Promise<Footprint> {
    return this.#child.call("measure");
  }

  /** Ends the process by `kill -9`, in the middle of its work. */
  async kill(): Promise<void> {
    this.#isEnding = true;
    await this.#child.kill();
  }

  /** Closes the cloud and ends its process. */
  async close(): Promise<void> {
    this.#isEnding = true;
    const { ended } = this.#child;
    try {
      if (!ended.aborted) await this.#child.call("close");
    } catch (error) {
      if (!ended.aborted) throw error;
    } finally {
      await this.#child.disconnect();
    }
  }
}
