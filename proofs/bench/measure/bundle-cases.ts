import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleSettings } from "@henkan/build";
import { type BuildOptions, build } from "esbuild";

const bench = join(import.meta.dirname, "..");

/** Left to Node.js: native code, and what a contender's users load unbundled. */
const external = ["@napi-rs/image", "jimp"];

/**
 * Bundles the cases as the functions are bundled for Lambda, and the process that runs them: neither time nor memory
 * is measured of TypeScript being loaded. Packages are found in the project and among the bench's own.
 *
 * @throws {DOMException} an AbortError when esbuild's own process was ended, as by Ctrl-C
 */
export async function bundleCases(directory: string): Promise<void> {
  const files = await readdir(join(bench, "cases"));
  const settings: BuildOptions = {
    ...bundleSettings,
    entryPoints: [
      ...files.map((file) => join(bench, "cases", file)),
      join(bench, "measure", "case-process.ts"),
    ],
    entryNames: "[name]",
    outdir: directory,
    // The project, in which the folder may lie, takes `.js` for ESM.
    outExtension: { ".js": ".cjs" },
    external: [...bundleSettings.external, ...external],
    nodePaths: [join(bench, "node_modules")],
    logLevel: "error",
  };
  try {
    await build(settings);
  } catch (error) {
    if (!isStopped(error)) throw error;
    // The same signal has reached this process, which may hear of esbuild's end first.
    await sleep(signalMs);
    throw new DOMException("esbuild was ended while it bundled", "AbortError");
  }
}

const signalMs = 100;

/** Ctrl-C reaches esbuild's own process, too. */
const isStopped = (error: unknown) => error instanceof Error && error.message.startsWith("The service ");
