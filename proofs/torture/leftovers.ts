import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { workDirectoryOf } from "@henkan/local-cloud/testing";

const patienceMs = 5_000;
const lookMs = 100;

/** Returns the command lines of the functions' processes that still run some seconds after their cloud has ended. */
export async function processesOf(dataDirectory: string): Promise<string[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    // POSIX ps, https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ps.html
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,args="], { maxBuffer: 2 ** 26 });
    const found = stdout.split("\n").filter((line) => line.includes(workDirectoryOf(dataDirectory)));
    if (found.length === 0 || Date.now() > deadline) return found.map((line) => line.trim());
    await sleep(lookMs);
  }
}

/** Removes the temporary files of a cloud that was killed and never started again. */
export async function removeLeftovers(dataDirectory: string): Promise<void> {
  await processesOf(dataDirectory);
  rmSync(workDirectoryOf(dataDirectory), { recursive: true, force: true });
}
