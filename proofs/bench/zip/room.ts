import { statfs } from "node:fs/promises";
import { numberText } from "@henkan/client/text";
import type { Bench } from "../group.ts";
import type { Line } from "../line.ts";

export interface Need {
  /** The line in place of all lines that are left out. */
  readonly line: Line;
  /** The most megabytes that are on disk at once. */
  readonly megabytes: number;
}

/** Returns the lines of `work`, or one line that reports that the disk has no room for it. */
export async function ifRoom(
  { directory, say }: Pick<Bench, "directory" | "say">,
  { line, megabytes }: Need,
  work: () => Promise<Line[]>,
): Promise<Line[]> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize > megabytes * 2 ** 20) return work();
  const note = `left out: ${directory} has no room for ${numberText(megabytes)} MB`;
  say(`${line.name}: ${note}`);
  return [{ ...line, note }];
}
