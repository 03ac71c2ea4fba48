import type { WriteStream } from "node:tty";

/** One line of progress. A terminal rewrites it in place; any other stream gets a new line for each change. */
export class Progress {
  readonly #stream: WriteStream | undefined;
  #shown = "";

  constructor(stream: WriteStream | undefined) {
    this.#stream = stream;
  }

  show(line: string): void {
    if (!this.#stream || line === this.#shown) return;
    if (this.#stream.isTTY) {
      this.#stream.cursorTo(0);
      this.#stream.write(line);
      this.#stream.clearLine(1);
    } else {
      this.#stream.write(`${line}\n`);
    }
    this.#shown = line;
  }

  /** Removes the line from a terminal. */
  clear(): void {
    if (!this.#stream?.isTTY || this.#shown === "") return;
    this.#stream.cursorTo(0);
    this.#stream.clearLine(1);
    this.#shown = "";
  }
}
