import { glob, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildFunctions } from "@henkan/build";
import { projectDirectory } from "@henkan/build/directories";
import ts from "typescript";
import { converterNames } from "../../../converters/registry.ts";
import type { Bench, Group } from "../group.ts";
import { atMost, type Line } from "../line.ts";
import { startOnce } from "../measure/cold-start.ts";
import { functionVariables } from "../measure/function-variables.ts";
import { median } from "../measure/statistics.ts";

const title = "Cold start, added to bare Node.js";
const functionNames = [...converterNames, "upload-api"] as const;

/** Compiles the same sources file by file, for functions without a bundler, which load packages from node_modules. */
async function buildUnbundled(directory: string): Promise<void> {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2024,
    rewriteRelativeImportExtensions: true,
  };
  for await (const file of glob("{contract,converters,handlers}/**/*.ts", { cwd: projectDirectory })) {
    const { outputText } = ts.transpileModule(await readFile(join(projectDirectory, file), "utf8"), {
      compilerOptions,
    });
    const path = join(directory, file.replace(/\.ts$/, ".js"));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, outputText);
  }
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
}

/** Returns the time until the handler is loaded and the CPU time, medians of `runs` turns, also for bare Node.js. */
async function measure(
  bench: Bench,
  contenders: Readonly<Record<string, Start>>,
): Promise<Map<string, Medians>> {
  const runs = bench.quick ? 5 : 15;
  const samples = new Map(Object.keys(contenders).map((name) => [name, [] as Medians[]]));
  for (let run = -1; run < runs; run += 1) {
    for (const [name, { script, variables }] of Object.entries(contenders)) {
      bench.signal.throwIfAborted();
      const sample = await startOnce(script, variables);
      if (run >= 0) samples.get(name)?.push(sample);
    }
  }
  return new Map(
    [...samples].map(([name, taken]) => [
      name,
      { cpuMs: median(taken.map(({ cpuMs }) => cpuMs)), wallMs: median(taken.map(({ wallMs }) => wallMs)) },
    ]),
  );
}

interface Start {
  readonly script: string;
  readonly variables: Readonly<Record<string, string>>;
}

interface Medians {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const millis = (value: number) => `${value.toFixed(0)} ms`;

export const coldGroup: Group = {
  name: "cold",
  title,
  async run(bench) {
    // Outside the project, so that a bundle finds only the layer's packages.
    const directory = join(bench.directory, "functions");
    const [bundled, unbundled, layer] = ["dist", "unbundled", "layer"].map((name) => join(directory, name));
    if (!bundled || !unbundled || !layer) throw new Error("No folders");
    const functions = await buildFunctions(bundled);
    const declared = await functionVariables(directory);
    await buildUnbundled(unbundled);
    await symlink(join(projectDirectory, "node_modules"), join(unbundled, "node_modules"), "junction");
    await mkdir(layer);
    await symlink(join(projectDirectory, "node_modules", "@img"), join(layer, "@img"), "junction");

    const lines: Line[] = [];
    for (const name of functionNames) {
      bench.say(name);
      const bundle = functions.find((each) => each.name === name);
      const variables = declared.get(name);
      if (!bundle || !variables) throw new Error(`${name} is not built, or not declared`);
      const medians = await measure(bench, {
        bare: { script: "", variables },
        bundled: {
          script: `require(${JSON.stringify(bundle.directory)})`,
          variables: { ...variables, NODE_PATH: layer },
        },
        unbundled: { script: unbundledStart(unbundled, name), variables },
      });
      const added = (which: string, of: keyof Medians) =>
        (medians.get(which)?.[of] ?? Number.NaN) - (medians.get("bare")?.[of] ?? Number.NaN);
      lines.push(
        {
          group: title,
          name: `${name}: bundled against unbundled`,
          value: added("bundled", "cpuMs") / added("unbundled", "cpuMs"),
          unit: "×",
          goal: atMost(0.3),
          note: `${millis(added("bundled", "cpuMs"))} and ${millis(added("unbundled", "cpuMs"))} of CPU, ${millis(added("bundled", "wallMs"))} and ${millis(added("unbundled", "wallMs"))} on the clock`,
        },
        { group: title, name: `${name}: bundle`, value: bundle.bytes / 1000, unit: "kB" },
      );
    }
    return lines;
  },
};

function unbundledStart(directory: string, name: string): string {
  const load = (file: string) => `require(${JSON.stringify(join(directory, file))})`;
  if (name === "upload-api") return load("handlers/entries/upload-api.js");
  return `${load("handlers/convert/handler.js")}.convertHandler(${load(`converters/${name}.js`)}.convert)`;
}
