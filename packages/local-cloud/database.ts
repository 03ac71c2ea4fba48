import { DatabaseSync } from "node:sqlite";
import { LocalCloudError } from "./errors.ts";

/** Another local cloud uses the data folder. */
export class DataInUseError extends LocalCloudError {
  override readonly name = "DataInUseError";
  override readonly code = "data-in-use";
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy. */
const busy = 5;

/**
 * Opens the state of a local cloud for this process alone.
 *
 * @param path the file, created when it does not exist
 * @param options.fresh drops all earlier state
 * @throws {DataInUseError} when another process has the file open
 */
export function openDatabase(path: string, { fresh = false } = {}): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; COMMIT");
    if (fresh) dropTables(database);
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== busy) throw error;
    throw new DataInUseError(`${path} is used by another local cloud.`);
  }
}

function dropTables(database: DatabaseSync): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  for (const { name } of tables) database.exec(`DROP TABLE "${name}"`);
}
