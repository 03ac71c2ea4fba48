import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { projectDirectory } from "@henkan/build/directories";
import { UsageError } from "../command.ts";

/** A file as far as it can be told without reading it. */
export interface FileState {
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch. */
  readonly modified: bigint;
}

export const defaultStateFile = join(projectDirectory, ".henkan", "sent-uploads.db");

/** A command that writes at the same moment is waited for. */
const busyTimeoutMs = 10_000;

/**
 * Remembers under which upload id a file was sent to an API. A file is the same while its path, size and time of
 * modification are: what rsync goes by. Whether the upload has arrived, and is still there, the API knows.
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
        `What was sent before cannot be read from ${path}: ${error instanceof Error ? error.message : error}. ` +
          "Without that file everything is sent anew",
        { cause: error },
      );
    }
  }

  /** The id under which the file, as it is now, was last announced to the API. */
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
