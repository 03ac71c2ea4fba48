import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Time from the start of the process to the end of `script`, by its own clock, and the CPU time of all its threads. */
const report = `;process.stdout.write(JSON.stringify({
  wallMs: performance.now(),
  cpuMs: (({ user, system }) => (user + system) / 1000)(process.cpuUsage()),
}))`;

/**
 * Runs `script` in a new Node.js process that has only the environment `variables`.
 *
 * @throws {Error} with the output of the process when it fails
 */
export async function startOnce(
  script: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const { stdout } = await run(process.execPath, ["-e", script + report], { env: { ...variables } });
  return JSON.parse(stdout);
}
