import type { WriteStream } from "node:tty";
import { bytesText, clockText, percentText, printable } from "@henkan/client/text";
import { displayWidth, fitted } from "../text.ts";
import type { NamedFile } from "./named-files.ts";
import type { UploadResult } from "./results.ts";
import type { UploadObserver } from "./upload-files.ts";

/** A file on its way. */
export interface Transfer {
  readonly file: string;
  readonly bytes: number;
  sentBytes: number;
  /** The step that follows the last byte, for example `converting: 2 of 4 variants`. */
  stage?: string;
  /** Milliseconds, of `performance.now()`. */
  readonly startedAt: number;
}

/** Shows the files on their way on `display`, and the lines that `linesOf` returns as each is done. */
export function displayed(
  display: TransferDisplay,
  linesOf: (result: UploadResult) => readonly string[],
): UploadObserver {
  const transfers = new Map<NamedFile, Transfer>();
  return {
    onSent: (named, sentBytes, bytes) => {
      const transfer = transfers.get(named) ?? display.start(named.file, bytes);
      transfer.sentBytes = sentBytes;
      transfers.set(named, transfer);
    },
    onStatus: (named, { variants }) => {
      const finished = variants.filter(({ state }) => state !== "pending").length;
      const transfer = transfers.get(named);
      if (transfer) transfer.stage = `converting: ${finished} of ${variants.length} variants`;
    },
    onResult: (named, result) => display.finish(transfers.get(named), linesOf(result)),
  };
}

const frameMs = 100;
const barColumns = 20;
const minNameColumns = 8;
const maxNameColumns = 30;

/**
 * Shows a bar for every file on its way, redrawn in place, and a line for every file that is done. A stream that is not a
 * terminal gets the lines only. Without a stream it shows nothing.
 */
export class TransferDisplay {
  readonly #stream: WriteStream | undefined;
  readonly #total: number;
  readonly #transfers = new Set<Transfer>();
  readonly #timer: NodeJS.Timeout | undefined;
  #finished = 0;
  #drawnLines = 0;

  constructor(stream: WriteStream | undefined, totalFiles: number) {
    this.#stream = stream;
    this.#total = totalFiles;
    if (stream?.isTTY) this.#timer = setInterval(() => this.#draw(), frameMs).unref();
  }

  /** Shows a bar for a file. Set `sentBytes` and `stage` of the returned object as they change. */
  start(file: string, bytes: number): Transfer {
    const transfer: Transfer = { file, bytes, sentBytes: 0, startedAt: performance.now() };
    this.#transfers.add(transfer);
    return transfer;
  }

  /** Replaces the file's bar, if it has one, with `lines`. */
  finish(transfer: Transfer | undefined, lines: readonly string[]): void {
    if (transfer) this.#transfers.delete(transfer);
    this.#finished++;
    this.#erase();
    for (const line of lines) this.#stream?.write(`${line}\n`);
    if (this.#timer) this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #erase(): void {
    if (!this.#stream || this.#drawnLines === 0) return;
    this.#stream.moveCursor(0, -this.#drawnLines);
    this.#stream.cursorTo(0);
    this.#stream.clearScreenDown();
    this.#drawnLines = 0;
  }

  #draw(): void {
    if (!this.#stream) return;
    const { columns = 80, rows = 24 } = this.#stream;
    const now = performance.now();
    const sendingFirst = [...this.#transfers].sort(
      (a, b) => Number(Boolean(a.stage)) - Number(Boolean(b.stage)),
    );
    const shown = sendingFirst.slice(0, Math.max(1, rows - 2));
    const lines = shown.map((transfer) => fitted(transferLine(transfer, columns, now), columns - 1));
    const others = this.#transfers.size - shown.length;
    const left = others > 0 ? `, ${others} more on their way` : "";
    lines.push(fitted(`${this.#finished} of ${this.#total} files done${left}`, columns - 1));
    this.#erase();
    this.#stream.write(`${lines.join("\n")}\n`);
    this.#drawnLines = lines.length;
  }
}

/** Returns a line such as `photo.jpg  ██████░░░░░░░░░░░░░░  31%  1.21 MB of 3.9 MB  2.1 MB/s  0:01 left`. */
export function transferLine(transfer: Transfer, columns: number, now: number): string {
  const { file, bytes, sentBytes, stage, startedAt } = transfer;
  const share = bytes === 0 ? 1 : sentBytes / bytes;
  const full = Math.round(share * barColumns);
  const bar = `${"█".repeat(full)}${"░".repeat(barColumns - full)}`;
  const seconds = (now - startedAt) / 1000;
  const rate = seconds > 0 ? sentBytes / seconds : 0;
  const left = rate > 0 ? `  ${clockText((bytes - sentBytes) / rate)} left` : "";
  const amount = `${bytesText(sentBytes)} of ${bytesText(bytes)}  ${bytesText(Math.round(rate))}/s${left}`;
  const percent = percentText(sentBytes, bytes).padStart(4);
  const rest = `  ${bar}  ${percent}  ${stage ?? amount}`;
  const nameColumns = Math.max(minNameColumns, Math.min(maxNameColumns, columns - displayWidth(rest) - 1));
  return `${fitted(printable(file), nameColumns, "start")}${rest}`;
}
