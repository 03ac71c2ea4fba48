import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";

/** Returns the processes that use `directory` for their temporary files. */
function processesOf(directory: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`TMPDIR=${directory}`);
      } catch {
        return false;
      }
    });
}

describe("npm run corpus, interrupted", () => {
  const scratch = temporaryDirectory();
  after(() => scratch.remove());

  /** Starts a run in a process group of its own, as a shell does. */
  function start(name: string): { process: ChildProcess; directory: string } {
    const directory = join(scratch.path, name);
    mkdirSync(directory);
    const args = ["proofs/corpus/run.ts", "--only", "bomb"];
    const env = { ...process.env, TMPDIR: directory };
    const options = { cwd: projectDirectory, detached: true, env } as const;
    return {
      process: spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] }),
      directory,
    };
  }

  /** Returns true when the folder contains a file to convert. */
  const isAtWork = (directory: string) =>
    readdirSync(directory, { recursive: true }).some((path) => String(path).endsWith("source"));

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves no process or file and blames no file after ${signal} to its group`, async () => {
      const { process: command, directory } = start(signal);
      const { pid = 0, stdout, stderr } = command;
      if (!stdout || !stderr) throw new Error("Expected pipes");
      const said = Promise.all([text(stdout), text(stderr)]);
      const exited = once(command, "exit");
      await until(() => isAtWork(directory));
      process.kill(-pid, signal);
      expect((await exited)[0]).to.equal(130);
      expect(await said).to.deep.equal(["", ""]);
      expect(readdirSync(directory)).to.deep.equal([]);
      await until(() => processesOf(directory).length === 0);
    });
  }
});
