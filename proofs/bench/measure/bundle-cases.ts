import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { bundle, bundleSettings } from "@henkan/build";

const bench = join(import.meta.dirname, "..");

/** Left to Node.js: native code, and what a contender's users load unbundled. */
const external = ["@napi-rs/image", "jimp"];

/**
 * Bundles the cases as the functions are bundled for Lambda, and the process that runs them: neither time nor memory
 * is measured of TypeScript being loaded. Packages are found in the project and among the bench's own.
 *
 * @throws {DOMException} an `AbortError` when Ctrl-C ended esbuild
 */
export async function bundleCases(directory: string): Promise<void> {
  const files = await readdir(join(bench, "cases"));
  await bundle({
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
  });
}
