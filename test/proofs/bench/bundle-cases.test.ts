import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";

const module = (path: string) => JSON.stringify(join(import.meta.dirname, "../../..", path));

describe("the bundling of the bench's cases", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "henkan-bundles-"));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it("ends without a stack trace when Ctrl-C also reaches esbuild", async () => {
    const script = `
      import { subscribe } from "node:diagnostics_channel";
      import { bundleCases } from ${module("proofs/bench/measure/bundle-cases.ts")};
      import { runCommand } from ${module("packages/cli/command.ts")};
      subscribe("child_process", () => setImmediate(() => process.kill(0, "SIGINT")));
      await runCommand({ run: () => bundleCases(${JSON.stringify(directory)}).then(() => 0) });`;
    // A group of its own, as a terminal creates, so that the signal reaches only this process and esbuild.
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect(stderr).to.equal("");
    expect(code).to.equal(130);
  });
});
