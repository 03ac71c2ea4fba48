import type { Server } from "node:http";
import { close, listen } from "./listen.ts";

/** The steps that end a cloud, in the reverse order of its start. */
export class Teardown {
  readonly #steps: (() => unknown)[] = [];

  /** Adds a step that runs before all the steps so far. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Listens on a loopback port, or on a free one for 0, until the teardown. Returns the address.
   *
   * @throws {PortInUseError}
   */
  async serve(server: Server, port: number): Promise<string> {
    const url = `http://127.0.0.1:${await listen(server, port)}`;
    this.add(() => close(server));
    return url;
  }

  /** Runs every step once. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}
