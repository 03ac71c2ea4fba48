import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

/** Returns the path of a system's program, or undefined when it is not installed. */
export function findTool(name: string, path = process.env.PATH ?? ""): string | undefined {
  // npm puts the project's bin folders first, but this function returns only the system's programs.
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
 * Bash's own `time` measures milliseconds and includes a whole pipeline of programs. Standard input is an empty pipe
 * from this process: when this process ends, even by SIGKILL, bash kills its group with all programs.
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
 * Runs a shell command and returns the CPU time of its programs, which end with this process.
 *
 * @throws {Error} with the text of their standard error when a program fails
 */
export async function runTools(line: string): Promise<{ childCpuMs: number }> {
  const bash = spawn("bash", ["-c", timed, line], {
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
    // A group of its own, which can be killed as a whole.
    detached: true,
  });
  const [stderr, [code, signal]] = await Promise.all([text(bash.stderr), once(bash, "exit")]);
  if (code !== 0) throw new Error(`${line} ended with ${signal ?? `code ${code}`}: ${stderr}`);
  const [user, system] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return { childCpuMs: ((user ?? Number.NaN) + (system ?? Number.NaN)) * 1000 };
}

/** Quotes a text for a shell command. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
