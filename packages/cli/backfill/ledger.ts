import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RequestError } from "@henkan/client";
import type { StoredUpload } from "./stored-uploads.ts";

/** An upload with variants that are to be made. */
export interface OutstandingUpload extends StoredUpload {
  /** Names of the variants, at least one. */
  readonly variants: readonly string[];
  /** Those that have failed receipts, which keep a converter from trying again. */
  readonly failed: readonly string[];
}

/**
 * What a plan found to do, kept in a file until it is done. Millions of uploads then need not fit into memory, and each is
 * checked only once.
 */
export interface Ledger {
  append(uploads: readonly OutstandingUpload[]): Promise<void>;
  /** In the order they were appended. */
  read(): AsyncIterable<OutstandingUpload>;
}

/** Runs `work` with an empty ledger, and removes the ledger afterwards. */
export async function withLedger<Result>(work: (ledger: Ledger) => Promise<Result>): Promise<Result> {
  const directory = await written(() => mkdtemp(join(tmpdir(), "henkan-backfill-")));
  try {
    const path = join(directory, "uploads.ndjson");
    const file = await open(path, "a");
    try {
      return await work({
        async append(uploads) {
          const lines = uploads.map((upload) => `${JSON.stringify(upload)}\n`).join("");
          await written(() => file.appendFile(lines));
        },
        read: () => readLines(path),
      });
    } finally {
      await file.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** @throws {RequestError} `not-saved`, when there is no room for the plan */
async function written<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const message = `What there is to do cannot be written down in ${tmpdir()}: ${(error as Error).message}. Make room there, or name another folder in TMPDIR; nothing was changed`;
    throw new RequestError("not-saved", message, { cause: error });
  }
}

async function* readLines(path: string): AsyncGenerator<OutstandingUpload> {
  const file = await open(path);
  try {
    for await (const line of file.readLines({ autoClose: false })) yield JSON.parse(line);
  } finally {
    await file.close();
  }
}
