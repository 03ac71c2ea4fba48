import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { converterNames } from "../../converters/registry.ts";
import { distDirectory, projectDirectory } from "./directories.ts";

/** One function's code, ready to be deployed. */
export interface FunctionBundle {
  readonly name: string;
  /** Absolute path of the folder that holds `index.js` and nothing else. */
  readonly directory: string;
  readonly bytes: number;
  /** Every source file in the bundle, relative to the project. */
  readonly inputs: readonly string[];
}

/** Bundles every converter and the upload API into `functions/<name>/index.js`. Needs no network. */
export async function buildFunctions(outDirectory = distDirectory): Promise<FunctionBundle[]> {
  await mkdir(outDirectory, { recursive: true });
  // Lambda takes `.js` for CommonJS; here the project's own package.json would make it ESM.
  await writeFile(join(outDirectory, "package.json"), '{ "type": "commonjs" }\n');
  const entries = [
    ...converterNames.map((name) => ({ name, source: converterEntry(name) })),
    { name: "upload-api", source: 'export { handler } from "./handlers/upload-api.ts";' },
  ];
  return Promise.all(
    entries.map(({ name, source }) => bundle(name, source, join(outDirectory, "functions", name))),
  );
}

function converterEntry(name: string): string {
  return [
    `import { convert } from "./converters/${name}.ts";`,
    'import { convertHandler } from "./handlers/convert.ts";',
    "export const handler = convertHandler(convert);",
  ].join("\n");
}

async function bundle(name: string, source: string, directory: string): Promise<FunctionBundle> {
  await rm(directory, { recursive: true, force: true });
  const outfile = join(directory, "index.js");
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: projectDirectory, sourcefile: `${name}.ts`, loader: "ts" },
    absWorkingDir: projectDirectory,
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    // CommonJS starts faster in Lambda than ESM; packages' ESM sources let unused code be dropped.
    format: "cjs",
    mainFields: ["module", "main"],
    external: ["sharp"],
    plugins: [lazyConverters],
    legalComments: "none",
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  if (!output) throw new Error(`esbuild wrote no bundle for ${name}`);
  return { name, directory, bytes: output.bytes, inputs: Object.keys(metafile.inputs) };
}

/** Leaves out the converters that the registry would load: a function needs their definitions alone. */
const lazyConverters: Plugin = {
  name: "lazy-converters",
  setup({ onResolve }) {
    const registry = join(projectDirectory, "converters", "registry.ts");
    onResolve({ filter: /^\.\// }, ({ kind, importer, path }) =>
      kind === "dynamic-import" && importer === registry ? { path, external: true } : undefined,
    );
  },
};
