import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";

/** The folder in which the local clouds of all stages keep their data by default. */
export const dataDirectories = join(projectDirectory, ".henkan");

/** Returns the folder that keeps a stage's objects and queues between runs by default. */
export function defaultDataDirectory(stage: string): string {
  return join(dataDirectories, stage);
}
