import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { projectDirectory } from "@henkan/build/directories";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly line: string;
}

/** The environment without the variable by which npm names the folder in which the tests were started. */
const { INIT_CWD: _, ...env } = process.env;

/** Runs one of the programs in packages/cli/ to its end. */
export function runCommand(name: string, ...args: string[]): Promise<Finished> {
  return runCommandIn(projectDirectory, name, ...args);
}

/** Runs one of the programs as npm does when the user calls it in `directory`. */
export function runCommandIn(directory: string, name: string, ...args: string[]): Promise<Finished> {
  return runCommandWith({ INIT_CWD: directory }, name, ...args);
}

/** Runs one of the programs with further variables in its environment. */
export function runCommandWith(
  variables: Readonly<Record<string, string>>,
  name: string,
  ...args: string[]
): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(projectDirectory, "packages/cli", `${name}.ts`), ...args],
      { cwd: projectDirectory, env: { ...env, ...variables } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });
}

/** Starts one of the programs in packages/cli/ and waits for its first line, on either stream. */
export function startCommand(name: string, ...args: string[]): Promise<Started> {
  return startCommandWith({}, name, ...args);
}

/** Starts one of the programs with further variables in its environment. */
export async function startCommandWith(
  variables: Readonly<Record<string, string>>,
  name: string,
  ...args: string[]
): Promise<Started> {
  const child = spawn(process.execPath, [join(projectDirectory, "packages/cli", `${name}.ts`), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, ...variables },
  });
  const output = new PassThrough();
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false });
  child.once("exit", () => output.end());
  for await (const line of createInterface({ input: output })) return { child, line };
  throw new Error(`${name} ended without a word`);
}

/** Resolves with the exit code when a started program has ended. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}
