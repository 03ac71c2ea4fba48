import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { converterNames } from "../../converters/registry.ts";
import { projectDirectory } from "./directories.ts";

/** The functions that are not converters, each with an entry file of its own. */
const otherFunctions: readonly string[] = ["upload-api", "pre-traffic-hook"];

/** The names of all functions: every converter, the upload API and the pre-traffic hook. */
export const functionNames: readonly string[] = [...converterNames, ...otherFunctions];

/** Returns the entry point of a function for esbuild, resolved with `entryPlugins`. */
export function entryPoint(name: string): string {
  return otherFunctions.includes(name) ? entryFile(name) : `convert:${name}`;
}

const entryFile = (name: string) => join(projectDirectory, "handlers", "entries", `${name}.ts`);

/**
 * Bundles `handlers/entries/convert.ts` once for each converter: in the entry `convert:resize`, `henkan:converter` is the
 * converter `resize`.
 */
const converterEntries: Plugin = {
  name: "converter-entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^convert:/ }, ({ path }) => ({
      path: entryFile("convert"),
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

/** Leaves out the converters that the registry loads by `import()`: a function needs only their definitions. */
const lazyConverters: Plugin = {
  name: "lazy-converters",
  setup({ onResolve }) {
    const modules = new RegExp(`^\\./(${converterNames.join("|")})\\.ts$`);
    onResolve({ filter: modules }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** Creates the module `henkan:golden-samples` of the pre-traffic hook. */
const goldenSamples: Plugin = {
  name: "golden-samples",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^henkan:golden-samples$/ }, ({ path }) => ({ path, namespace: "golden" }));
    onLoad({ filter: /.*/, namespace: "golden" }, async () => {
      const { makeGoldenSamples } = await import("./golden-samples.ts");
      return { contents: JSON.stringify(await makeGoldenSamples()), loader: "json" };
    });
  },
};

/** The plugins that resolve the entry points and the modules that exist only in a bundle (`henkan:…`). */
export const entryPlugins: readonly Plugin[] = [converterEntries, lazyConverters, goldenSamples];
