import { statfs } from "node:fs/promises";
import type { Bench } from "../group.ts";
import type { Line } from "../line.ts";

export interface Need {
  /** The line that stands for all that are left out. */
  readonly line: Line;
  /** Most that is on disk at once. */
  readonly megabytes: number;
}

/** The lines that `work` makes; where the disk has no room for it, one that says so. */
export async function ifRoom(
  { directory, say }: Pick<Bench, "directory" | "say">,
  { line, megabytes }: Need,
  work: () => Promise<Line[]>,
): Promise<Line[]> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize > megabytes * 2 ** 20) return work();
  const note = `left out: ${directory} has no room for ${megabytes.toLocaleString("en")} MB`;
  say(`${line.name}: ${note}`);
  return [{ ...line, note }];
}
