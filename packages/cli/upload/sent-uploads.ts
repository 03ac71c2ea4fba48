import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { projectDirectory } from "@henkan/build/directories";
import { UsageError } from "../command.ts";

/** The facts that identify the contents of a file without reading it. */
export interface FileState {
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch. */
  readonly modified: bigint;
}

export const defaultStateFile = join(projectDirectory, ".henkan", "sent-uploads.db");

/** How long to wait for another command that writes at the same moment. */
const busyTimeoutMs = 10_000;

/**
 * Remembers the upload id under which a file was sent to an API. A file is the same while its path, size and time of
 * modification are, as for rsync. Only the API knows whether the upload has arrived and still exists.
 */
export class SentUploads {
  readonly #database: DatabaseSync;

  /** @throws {UsageError} when the file cannot be used */
  constructor(path: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#database = new DatabaseSync(path, { timeout: busyTimeoutMs });
      this.#database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS sent (
          api TEXT NOT NULL, path TEXT NOT NULL, bytes INTEGER NOT NULL, modified INTEGER NOT NULL, id TEXT NOT NULL,
          PRIMARY KEY (api, path)
        ) STRICT, WITHOUT ROWID`);
    } catch (error) {
      throw new UsageError(
        `The record of earlier uploads, ${path}, cannot be read: ${error instanceof Error ? error.message : error}. ` +
          "Without it, all files are sent again",
        { cause: error },
      );
    }
  }

  /** Returns the id under which the file, in its present state, was last announced to the API. */
  find(api: string, { path, bytes, modified }: FileState): string | undefined {
    const query = "SELECT id FROM sent WHERE api = ? AND path = ? AND bytes = ? AND modified = ?";
    const row = this.#database.prepare(query).get(api, path, bytes, modified);
    return row && String(row.id);
  }

  record(api: string, { path, bytes, modified }: FileState, id: string): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO sent (api, path, bytes, modified, id) VALUES (?, ?, ?, ?, ?)")
      .run(api, path, bytes, modified, id);
  }

  close(): void {
    this.#database.close();
  }
}
