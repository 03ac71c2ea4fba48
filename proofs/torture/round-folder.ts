import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@henkan/cli/command";

/**
 * Makes the folder in which the cloud of a round keeps its data; returns its path.
 *
 * @throws {UsageError} when there is one: what it holds is not this round's to judge, nor to delete
 */
export function makeRoundFolder(directory: string, seed: number): string {
  const path = join(directory, `seed-${seed}`);
  mkdirSync(directory, { recursive: true });
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UsageError(
      `${path} exists: a round needs a new folder; remove it, or take another with --data`,
    );
  }
  return path;
}
