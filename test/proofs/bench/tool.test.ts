import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { quoted, runTools } from "../../../proofs/bench/measure/tool.ts";

describe("programs of the system that the bench runs", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "henkan-tools-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("have the CPU time of every program in a pipeline counted", async () => {
    const { childCpuMs } = await runTools("head -c 30000000 /dev/zero | gzip | wc -c");
    expect(childCpuMs).to.be.above(0);
  });

  it("fail with their error output, also the first program of a pipeline", async () => {
    const error = await runTools("{ echo sorry >&2; false; } | cat").then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.contain("ended with code 1").and.to.contain("sorry");
  });

  it("get an empty standard input", async () => {
    await runTools('test -z "$(cat)"');
  });

  it("end with the process that runs them, even if it is killed", async () => {
    const pids = join(directory, "pids");
    const line = `{ echo $BASHPID >> ${quoted(pids)}; exec sleep 1000; } | { echo $BASHPID >> ${quoted(pids)}; exec sleep 1000; }`;
    const tool = join(import.meta.dirname, "../../../proofs/bench/measure/tool.ts");
    const script = `import { runTools } from ${JSON.stringify(tool)}; await runTools(${JSON.stringify(line)});`;
    const runner = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
    const started = () => readIfThere(pids).split("\n").filter(Boolean);
    while (started().length < 2) await setTimeout(20);
    expect(started().filter(isRunning)).to.have.length(2);
    runner.kill("SIGKILL");
    while (started().some(isRunning)) await setTimeout(20);
  });
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Returns true for a running process. One that has ended but was not waited for still has an id, but no command. */
function isRunning(pid: string): boolean {
  if (process.platform === "linux") return readIfThere(`/proc/${pid}/cmdline`) !== "";
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
