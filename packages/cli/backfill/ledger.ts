import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RequestError } from "@henkan/client";
import type { StoredUpload } from "./stored-uploads.ts";

/** An upload with variants to make. */
export interface OutstandingUpload extends StoredUpload {
  /** Names of the variants, at least one. */
  readonly variants: readonly string[];
  /** Those of `variants` that have receipts of a failure, which keep a converter from trying again. */
  readonly failed: readonly string[];
}

/**
 * The uploads that a plan found, in a temporary file until the backfill has ended. So millions of uploads need not fit
 * into memory, and each is checked only once.
 */
export interface Ledger {
  append(uploads: readonly OutstandingUpload[]): Promise<void>;
  /** Yields the uploads in the order in which they were appended. */
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

/** @throws {RequestError} `not-saved`, when the file cannot be written, such as on a full disk */
async function written<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const message = `The plan cannot be saved in ${tmpdir()}: ${(error as Error).message}. Free some space there, or set TMPDIR to another folder. Nothing was changed`;
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
