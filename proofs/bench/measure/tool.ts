import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

/** Returns the path of a system's program, or undefined when it is not installed. */
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

/**
 * Bash's own `time` has milliseconds, and covers a whole pipeline of programs. Standard input is a pipe from this
 * process that nothing is written to: when it ends, by SIGKILL too, the group of bash and its programs is killed.
 */
const timed = `
  { read -r; kill -KILL -- -$$; } <&0 >/dev/null 2>&1 &
  watcher=$!
  set -o pipefail
  TIMEFORMAT="%3U %3S"
  time { eval "$0" </dev/null; }
  code=$?
  kill $watcher
  exit $code`;

/**
 * Runs a line of shell and returns the CPU of its programs. They end with this process.
 *
 * @throws {Error} with what they wrote to standard error when the last of them fails
 */
export async function runTools(line: string): Promise<{ childCpuMs: number }> {
  const bash = spawn("bash", ["-c", timed, line], {
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
    // A group of its own, which can be killed whole.
    detached: true,
  });
  const [stderr, [code, signal]] = await Promise.all([text(bash.stderr), once(bash, "exit")]);
  if (code !== 0) throw new Error(`${line} ended with ${signal ?? `code ${code}`}: ${stderr}`);
  const [user, system] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return { childCpuMs: ((user ?? Number.NaN) + (system ?? Number.NaN)) * 1000 };
}

/** For a line of shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
