import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { cpuOfTree } from "../../../proofs/processes/process-tree.ts";

const burntMs = 500;

/** Starts a child that uses CPU and ends, and keeps running itself. */
const parent = `
  const burn = "while (process.cpuUsage().user < ${burntMs * 1000});";
  require("node:child_process").spawnSync(process.execPath, ["-e", burn]);
  console.log("ended");
  setInterval(() => {}, 1000);`;

describe("the CPU of a process and its children", () => {
  it("counts the CPU of a child that has ended", async () => {
    if (process.platform !== "linux") return;
    const running = spawn(process.execPath, ["-e", parent], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(running.stdout, "data");
      const { childrenMs } = cpuOfTree(running.pid ?? 0) ?? { childrenMs: Number.NaN };
      // Linux rounds to hundredths of a second.
      expect(childrenMs).to.be.at.least(burntMs - 20);
    } finally {
      running.kill("SIGKILL");
    }
  });
});
