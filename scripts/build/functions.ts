import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { converterNames } from "../../converters/registry.ts";
import { builtIns, lambdaCredentials } from "./built-ins.ts";
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
  const names = [...converterNames, "upload-api", "pre-traffic-hook"];
  const functions = join(outDirectory, "functions");
  const { metafile } = await build({
    entryPoints: names.map((name) => ({ in: `function:${name}`, out: join(name, "index") })),
    absWorkingDir: projectDirectory,
    outdir: functions,
    ...bundleSettings,
    plugins: [...bundleSettings.plugins, functionEntries, lazyConverters, goldenSamples],
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

/** The module that a function's bundle grows from: `function:<name>`. */
const functionEntries: Plugin = {
  name: "function-entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^function:/ }, ({ path }) => ({
      path: path.slice("function:".length),
      namespace: "function",
    }));
    onLoad({ filter: /.*/, namespace: "function" }, ({ path }) => ({
      contents: entries[path] ?? converterEntry(path),
      resolveDir: projectDirectory,
      loader: "ts",
    }));
  },
};

/** Of the functions that are no converters. */
const entries: Readonly<Record<string, string>> = {
  "upload-api": 'export { handler } from "./handlers/upload-api.ts";',
  "pre-traffic-hook": [
    'import samples from "golden:samples";',
    'import { preTrafficHook } from "./handlers/pre-traffic-hook.ts";',
    "export const handler = preTrafficHook(samples);",
  ].join("\n"),
};

function converterEntry(name: string): string {
  return [
    `import { convert } from "./converters/${name}.ts";`,
    'import { convertHandler } from "./handlers/convert.ts";',
    "export const handler = convertHandler(convert);",
  ].join("\n");
}

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

/** `golden:samples`, made for the bundle. */
const goldenSamples: Plugin = {
  name: "golden-samples",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^golden:samples$/ }, ({ path }) => ({ path, namespace: "golden" }));
    onLoad({ filter: /.*/, namespace: "golden" }, async () => ({
      contents: JSON.stringify(await makeGoldenSamples()),
      loader: "json",
    }));
  },
};
