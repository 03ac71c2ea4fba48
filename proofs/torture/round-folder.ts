import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@henkan/cli/command";

/**
 * Creates the folder in which the cloud of a round stores its data; returns its path.
 *
 * @throws {UsageError} when the folder exists, because the round must neither check nor delete earlier data
 */
export function makeRoundFolder(directory: string, seed: number): string {
  const path = join(directory, `seed-${seed}`);
  mkdirSync(directory, { recursive: true });
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UsageError(
      `${path} exists, but a round needs a new folder. Remove it, or choose another with --data`,
    );
  }
  return path;
}
