import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** From the process's own start to the end of `script`, by its own clock; CPU of all its threads. */
const report = `;process.stdout.write(JSON.stringify({
  wallMs: performance.now(),
  cpuMs: (({ user, system }) => (user + system) / 1000)(process.cpuUsage()),
}))`;

/**
 * Runs `script` in a new Node.js that has no variables but `variables`.
 *
 * @throws {Error} with what the process wrote when it fails
 */
export async function startOnce(
  script: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const { stdout } = await run(process.execPath, ["-e", script + report], { env: { ...variables } });
  return JSON.parse(stdout);
}
