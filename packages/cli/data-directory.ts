import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";

/** Where the local clouds of all stages keep their data unless the user says otherwise. */
export const dataDirectories = join(projectDirectory, ".henkan");

/** Where a stage's objects and queues are kept between runs unless the user says otherwise. */
export function defaultDataDirectory(stage: string): string {
  return join(dataDirectories, stage);
}
