import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CloudProcess } from "../../../proofs/bench/pipeline/cloud.ts";
import { runLoad } from "../../../proofs/bench/pipeline/load.ts";

const noInterruption = new AbortController().signal;

describe("the bench's local cloud", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "henkan-cloud-process-"));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  /** Returns a module in place of a cloud that is ready immediately and then runs `code`. */
  function scriptOf(code: string, api = "http://127.0.0.1:1"): string {
    const script = join(directory, `${Math.random()}.mjs`);
    const module = JSON.stringify(new URL("../../../proofs/processes/serve.ts", import.meta.url));
    const calls = `{ start: () => (${JSON.stringify({ api })}) }`;
    writeFileSync(
      script,
      `import { serve } from ${module}; serve(${calls}); setInterval(() => {}, 1000); ${code}`,
    );
    return script;
  }
  const start = (code: string, signal?: AbortSignal) =>
    CloudProcess.start(directory, { script: scriptOf(code), ...(signal && { signal }) });

  it("rejects the wait for completion events when it crashes", async () => {
    const cloud = await start("setTimeout(() => process.exit(7), 100);");
    const outcomes = await Promise.allSettled([cloud.completion("a", 1), cloud.completion("b", 2)]);
    const reasons = outcomes.map((each) => each.status === "rejected" && each.reason.message);
    expect(reasons).to.deep.equal(Array(2).fill("The local cloud's process ended with code 7"));
    expect(await messageOf(cloud.completion("c", 1))).to.contain("code 7");
  });

  it("can be closed after it was killed", async () => {
    const cloud = await start('setTimeout(() => process.kill(process.pid, "SIGINT"), 100);');
    expect(await messageOf(cloud.completion("a", 1))).to.contain("ended with SIGINT");
    await cloud.close();
  });

  it("is stopped by an interruption", async () => {
    const interruption = new AbortController();
    const cloud = await start("", interruption.signal);
    const completion = messageOf(cloud.completion("a", 1));
    interruption.abort();
    expect(await completion).to.contain("ended with SIGTERM");
  });

  it("fails a load with the end of the process, not with the broken connection", async () => {
    const server = createServer((request) => request.socket.destroy()).listen(0);
    const picture = join(directory, "a.jpg");
    writeFileSync(picture, "picture");
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const script = scriptOf("setTimeout(() => process.exit(9), 300);", api);
    const cloud = await CloudProcess.start(directory, { script });
    try {
      const load = { paths: [picture], uploads: 2, inFlight: 2 };
      expect(await messageOf(runLoad(cloud, load, noInterruption))).to.equal(
        "The local cloud's process ended with code 9",
      );
    } finally {
      server.close();
    }
  });

  it("ends a load with the interruption's reason", async () => {
    const interruption = new AbortController();
    const cloud = await start("", interruption.signal);
    const load = { paths: [import.meta.filename], uploads: 2, inFlight: 2 };
    const running = runLoad(cloud, load, interruption.signal).catch((error: Error) => error);
    interruption.abort();
    expect(await running).to.equal(interruption.signal.reason);
    await cloud.close();
  });
});

async function messageOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
