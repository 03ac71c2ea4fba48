import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { bundle as bundleHere } from "../../../packages/build/bundle.ts";

const bundle = JSON.stringify(join(import.meta.dirname, "../../../packages/build/bundle.ts"));

/**
 * Runs a program that bundles one module, in a process group of its own, as a terminal starts it. In the middle of the
 * build, a plugin runs the code `atWork`, in which `esbuild` is esbuild's process, and never returns a result.
 */
async function bundling(atWork: string, before = "") {
  const script = `
    import { subscribe } from "node:diagnostics_channel";
    import { bundle } from ${bundle};
    let esbuild;
    subscribe("child_process", ({ process }) => { esbuild = process; });
    ${before}
    const plugin = {
      name: "at-work",
      setup: ({ onLoad }) => onLoad({ filter: /./ }, () => {
        ${atWork}
        return new Promise(() => {});
      }),
    };
    try {
      await bundle({ entryPoints: [${bundle}], write: false, plugins: [plugin] });
      console.log("bundled");
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout: stdout.trim(), stderr, code, signal };
}

const interruptGroup = 'process.kill(0, "SIGINT");';

describe("bundle", () => {
  it("rejects with an error to print without its stack when the code has a mistake", async () => {
    const code = { contents: "const x = ;", sourcefile: "mistake.ts" };
    const error = await bundleHere({ stdin: code, write: false, logLevel: "silent" }).catch(
      (reason) => reason,
    );
    expect(error).to.include({ printWithoutStack: true });
    expect(error.message).to.contain('mistake.ts:1:10: ERROR: Unexpected ";"');
  });

  it("rejects with an AbortError after the handler of the signal that ended esbuild has run", async () => {
    const handler = 'process.on("SIGINT", () => console.log("handled"));';
    expect(await bundling(interruptGroup, handler)).to.deep.equal({
      stdout: "handled\nAbortError: A signal ended esbuild",
      stderr: "",
      code: 0,
      signal: null,
    });
  });

  it("rejects when the end of esbuild's process overtakes the end of its pipe", async () => {
    const overtaken = `
      esbuild.stdout.pause();
      esbuild.once("exit", () => setTimeout(() => esbuild.stdout.resume(), 200).unref());
      esbuild.kill("SIGKILL");`;
    const { code, stdout } = await bundling(overtaken);
    expect(stdout).to.equal("Error: esbuild's process ended before it had bundled the code");
    expect(code).to.equal(0);
  });

  it("leaves a signal without a handler its effect", async () => {
    expect(await bundling(interruptGroup)).to.include({ stdout: "", stderr: "", signal: "SIGINT" });
  });

  it("bundles again after esbuild's process was ended", async () => {
    const again = `
      const first = await bundle({
        stdin: { contents: "" },
        write: false,
        plugins: [{ name: "end", setup: ({ onStart }) => onStart(() => { esbuild.kill("SIGKILL"); }) }],
      }).catch(({ message }) => message);
      console.log(first);`;
    const { stdout } = await bundling('return { contents: "" };', again);
    expect(stdout).to.equal("esbuild's process ended before it had bundled the code\nbundled");
  });
});
