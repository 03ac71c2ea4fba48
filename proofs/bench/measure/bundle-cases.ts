import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { bundleSettings } from "@henkan/build";
import { bundle } from "@henkan/build/bundle";

const bench = join(import.meta.dirname, "..");

/** Packages that are not bundled: native code, and packages that a contender's users do not bundle either. */
const external = ["@napi-rs/image", "jimp"];

/**
 * Bundles the cases, and the process that runs them, as the functions are bundled for Lambda. The figures therefore do
 * not include the loading of TypeScript. Packages come from the project and from the bench's own folder.
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
    // In the project's folder, Node.js would treat `.js` as ESM.
    outExtension: { ".js": ".cjs" },
    external: [...bundleSettings.external, ...external],
    nodePaths: [join(bench, "node_modules")],
    logLevel: "error",
  });
}
