import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { converterNames } from "../../converters/registry.ts";
import { builtIns, lambdaCredentials } from "./built-ins.ts";
import { bundle } from "./bundle.ts";
import { bundledSharp } from "./bundled-sharp.ts";
import { distDirectory, projectDirectory } from "./directories.ts";
import { makeGoldenSamples } from "./golden-samples.ts";
import { lazyPackages } from "./lazy-packages.ts";
import { leanSdk } from "./lean-sdk.ts";

/** One function's code, ready to be deployed. */
export interface FunctionBundle {
  readonly name: string;
  /** Absolute path of the folder that holds `index.js` and nothing else. */
  readonly directory: string;
  readonly bytes: number;
  /** Every source file in the bundle, relative to the project. */
  readonly inputs: readonly string[];
}

/** How code is made into what Lambda loads. */
export const bundleSettings = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  // CommonJS starts faster in Lambda than ESM; packages' ESM sources let unused code be dropped.
  format: "cjs",
  mainFields: ["module", "main"],
  // Of sharp alone the native half, which is in the layer.
  external: ["@img/sharp-*"],
  plugins: [builtIns, lambdaCredentials, leanSdk, lazyPackages, bundledSharp],
  legalComments: "none",
} satisfies BuildOptions;

/** Bundles every converter, the upload API and the pre-traffic hook into `functions/<name>/index.js`. Needs no network. */
export async function buildFunctions(outDirectory = distDirectory): Promise<FunctionBundle[]> {
  await mkdir(outDirectory, { recursive: true });
  // Lambda takes `.js` for CommonJS; here the project's own package.json would make it ESM.
  await writeFile(join(outDirectory, "package.json"), '{ "type": "commonjs" }\n');
  const names = [...converterNames, ...otherFunctions];
  const functions = join(outDirectory, "functions");
  const { metafile } = await bundle({
    entryPoints: names.map((name) => ({
      in: otherFunctions.includes(name) ? entryOf(name) : `convert:${name}`,
      out: join(name, "index"),
    })),
    absWorkingDir: projectDirectory,
    outdir: functions,
    ...bundleSettings,
    plugins: [...bundleSettings.plugins, converterEntries, lazyConverters, goldenSamples],
    metafile: true,
  });
  return names.map((name) => {
    const directory = join(functions, name);
    const file = relative(projectDirectory, join(directory, "index.js")).split(sep).join("/");
    const output = metafile.outputs[file];
    if (!output) throw new Error(`esbuild wrote no bundle for ${name}`);
    return { name, directory, bytes: output.bytes, inputs: Object.keys(output.inputs) };
  });
}

/** Functions that are no converters: each has an entry of its own. */
const otherFunctions = ["upload-api", "pre-traffic-hook"];

const entryOf = (name: string) => join(projectDirectory, "handlers", "entries", `${name}.ts`);

/**
 * Gives `handlers/entries/convert.ts` once for each converter: the entry `convert:resize` imports the converter
 * `resize` as `henkan:converter`.
 */
const converterEntries: Plugin = {
  name: "converter-entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^convert:/ }, ({ path }) => ({
      path: entryOf("convert"),
      suffix: `?${path.slice("convert:".length)}`,
      pluginData: path.slice("convert:".length),
    }));
    onLoad({ filter: /entries[/\\]convert\.ts$/ }, async ({ path, pluginData }) => ({
      contents: await readFile(path, "utf8"),
      loader: "ts",
      pluginData,
    }));
    onResolve({ filter: /^henkan:converter$/ }, ({ pluginData }) => ({
      path: join(projectDirectory, "converters", `${pluginData}.ts`),
    }));
  },
};

/** Leaves out the converters that the registry would load: a function needs their definitions alone. */
const lazyConverters: Plugin = {
  name: "lazy-converters",
  setup({ onResolve }) {
    const modules = new RegExp(`^\\./(${converterNames.join("|")})\\.ts$`);
    onResolve({ filter: modules }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** `henkan:golden-samples`, made for the bundle. */
const goldenSamples: Plugin = {
  name: "golden-samples",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^henkan:golden-samples$/ }, ({ path }) => ({ path, namespace: "golden" }));
    onLoad({ filter: /.*/, namespace: "golden" }, async () => ({
      contents: JSON.stringify(await makeGoldenSamples()),
      loader: "json",
    }));
  },
};
