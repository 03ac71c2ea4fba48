import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Where a program of the system is, or undefined when it is absent. Found once, by name alone. */
export function findTool(name: string, path = process.env.PATH ?? ""): string | undefined {
  // npm puts the project's own bin folders first: what is asked for here are the system's programs.
  const folders = path.split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Bash's own `time` has milliseconds, and covers a whole pipeline of programs. */
const timed = 'TIMEFORMAT="%3U %3S"; time { eval "$0"; }';

/**
 * Runs a line of shell and tells what CPU its programs took.
 *
 * @throws {Error} with what they wrote to standard error when the last of them fails
 */
export async function runTools(line: string): Promise<{ childCpuMs: number }> {
  const { stderr } = await execute("bash", ["-c", `set -o pipefail; ${timed}`, line], {
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 2 ** 24,
  });
  const [user, system] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return { childCpuMs: ((user ?? Number.NaN) + (system ?? Number.NaN)) * 1000 };
}

/** For a line of shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
