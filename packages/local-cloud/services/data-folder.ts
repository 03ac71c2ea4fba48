import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../database.ts";
import type { Teardown } from "../teardown.ts";

/** The folders of a running cloud. */
export interface DataFolder {
  /** Objects, queues and messages. */
  readonly database: DatabaseSync;
  /** Bundles, layers and the `/tmp` of functions; empty at the start and removed at the end. */
  readonly workDirectory: string;
}

/**
 * Opens the data folder for this process alone, and an empty work folder.
 *
 * @throws {DataInUseError} when another process uses the data folder
 */
export function openDataFolder(
  dataDirectory: string,
  { fresh }: { fresh: boolean },
  teardown: Teardown,
): DataFolder {
  mkdirSync(dataDirectory, { recursive: true });
  const database = openDatabase(join(dataDirectory, "state.db"), { fresh });
  teardown.add(() => database.close());
  const workDirectory = workDirectoryOf(dataDirectory);
  rmSync(workDirectory, { recursive: true, force: true });
  mkdirSync(workDirectory, { mode: 0o700 });
  teardown.add(() => rmSync(workDirectory, { recursive: true, force: true }));
  return { database, workDirectory };
}

/**
 * Returns the work folder of a data folder. It is outside the project, so that a function finds the packages of its
 * layers alone. Its name follows from the data folder, which is locked: the next start removes what a killed process
 * has left.
 */
export function workDirectoryOf(dataDirectory: string): string {
  const name = createHash("sha256").update(resolve(dataDirectory)).digest("hex").slice(0, 16);
  return join(tmpdir(), `local-cloud-${name}`);
}
