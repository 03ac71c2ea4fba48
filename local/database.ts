import { DatabaseSync } from "node:sqlite";

/** A data folder that another local cloud is using. */
export class DataInUseError extends Error {
  override readonly name = "DataInUseError";
}

const busy = 5;

/**
 * Opens the state of a local cloud for this process alone.
 *
 * @throws {DataInUseError}
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; COMMIT");
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== busy) throw error;
    throw new DataInUseError(
      `${path} is used by another local cloud. Stop that one, or choose another folder with --data`,
    );
  }
}
