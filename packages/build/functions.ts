import { join, relative, sep } from "node:path";
import type { BuildOptions, Metafile, Plugin } from "esbuild";
import { unlessUpToDate } from "./build-record.ts";
import { distDirectory, projectDirectory } from "./directories.ts";
import { entryPlugins, entryPoint, functionNames } from "./function-entries.ts";
import { rewrites } from "./rewrites/index.ts";
import type { WrittenFile } from "./written-files.ts";

/** The code of one function, ready to be deployed. */
export interface FunctionBundle {
  /** A converter's name, `upload-api` or `pre-traffic-hook`. */
  readonly name: string;
  /** Absolute path of the folder that contains only `index.js`. */
  readonly directory: string;
  /** Size of `index.js`. */
  readonly bytes: number;
  /** Every source file in the bundle, relative to the project, with `/` as separator. */
  readonly inputs: readonly string[];
}

/** esbuild's settings for code that Lambda runs. */
export const bundleSettings = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  // CommonJS starts faster on Lambda than ESM. esbuild drops unused code only from the packages' ESM sources.
  format: "cjs",
  mainFields: ["module", "main"],
  // sharp's native half is in the layer.
  external: ["@img/sharp-*"],
  plugins: [...rewrites],
  legalComments: "none",
} satisfies BuildOptions;

/**
 * Bundles every function into `functions/NAME/index.js`: the converters, the upload API and the pre-traffic hook. Does
 * nothing when an earlier build of the same sources is there; see `unlessUpToDate`. Needs no network.
 *
 * @param outDirectory the folder to write to, absolute
 * @default outDirectory `dist/` of the project
 * @throws {DOMException} an `AbortError` when Ctrl-C ended esbuild
 * @throws {Error} when esbuild cannot bundle the code
 * @example
 * for (const { name, bytes } of await buildFunctions()) console.log(name, bytes);
 */
export async function buildFunctions(outDirectory: string = distDirectory): Promise<FunctionBundle[]> {
  const built = await unlessUpToDate(outDirectory, join(outDirectory, "functions.json"), async () => {
    const { bundles, sources } = await bundleFunctions(outDirectory, rewrites);
    // Lambda treats `.js` as CommonJS. In this project, Node.js would treat it as ESM without this file.
    const packageFile = {
      path: join(outDirectory, "package.json"),
      contents: Buffer.from('{ "type": "commonjs" }\n'),
    };
    const result = bundles.map(({ name, inputs, file }) => ({ name, inputs, bytes: file.contents.length }));
    return { result, sources, files: [packageFile, ...bundles.map(({ file }) => file)] };
  });
  return built.map((each) => ({ ...each, directory: join(outDirectory, "functions", each.name) }));
}

/** A bundle that is not written yet. */
interface BundledFunction extends Pick<FunctionBundle, "name" | "inputs"> {
  readonly file: WrittenFile;
}

/**
 * Bundles every function in memory.
 *
 * @param outDirectory the folder of the bundles' paths, absolute
 * @param plugins the rewrites of other packages' code
 */
export async function bundleFunctions(
  outDirectory: string,
  plugins: readonly Plugin[],
): Promise<{ readonly bundles: BundledFunction[]; readonly sources: string[] }> {
  // esbuild is loaded only when there is something to bundle.
  const { bundle } = await import("./bundle.ts");
  const { metafile, outputFiles } = await bundle({
    ...bundleSettings,
    entryPoints: functionNames.map((name) => ({ in: entryPoint(name), out: join(name, "index") })),
    absWorkingDir: projectDirectory,
    outdir: join(outDirectory, "functions"),
    plugins: [...plugins, ...entryPlugins],
    metafile: true,
    write: false,
  });
  const bundles = functionNames.map((name) => {
    const path = join(outDirectory, "functions", name, "index.js");
    const output = metafile.outputs[relative(projectDirectory, path).split(sep).join("/")];
    const found = outputFiles.find((file) => file.path === path);
    if (!output || !found) throw new Error(`esbuild returned no bundle for ${name}`);
    return { name, inputs: Object.keys(output.inputs), file: { path, contents: found.contents } };
  });
  return { bundles, sources: sourcesIn(metafile) };
}

/** Returns the files that esbuild read, relative to the project. Modules that exist only in a bundle are no files. */
export function sourcesIn({ inputs }: Metafile): string[] {
  const paths = Object.keys(inputs).map((input) => input.replace(/\?.*$/, ""));
  return [...new Set(paths)].filter((path) => !/^[\w-]{2,}:/.test(path));
}
