import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import type { Plugin } from "esbuild";
import { bundle } from "./bundle.ts";
import { projectDirectory } from "./directories.ts";
import { bundleFunctions, bundleSettings } from "./functions.ts";
import { rewrites } from "./rewrites/index.ts";
import { nodeCrc32 } from "./rewrites/node-crc32.ts";
import { writeChangedFiles } from "./written-files.ts";

const run = promisify(execFile);

/**
 * `npm run rewrites --workspace packages/build -- [--runs N] [NAME…]` measures what the rewrites gain: for each function
 * that a rewrite changes, the bundle's size and the CPU time of a start, without this rewrite and with it. All other
 * rewrites are in both bundles. Times are medians of N runs (15) in turns.
 */

/** The variables that the functions read when they start. */
const environment = {
  AWS_REGION: "eu-central-1",
  CDN_URL: "https://d111111abcdef8.cloudfront.net",
  CONVERSIONS_TOPIC_ARN: "arn:aws:sns:eu-central-1:111111111111:conversions",
  FUNCTIONS: "{}",
  MAX_UPLOAD_BYTES: "104857600",
  MULTIPART_EXPIRY_SECONDS: "7200",
  MULTIPART_THRESHOLD_BYTES: "67108864",
  OUTPUTS_BUCKET: "outputs",
  UPLOAD_EXPIRY_SECONDS: "300",
  UPLOADS_BUCKET: "uploads",
};

/** The variable VARIANTS of each converter's function; the other functions need none. */
const variants: Readonly<Record<string, string>> = {
  resize: JSON.stringify([
    { name: "thumbnail", options: { width: 300, fit: "inside", background: "#ffffff" } },
  ]),
  "png-to-jpg": JSON.stringify([{ name: "jpg", options: { quality: 80, background: "#ffffff" } }]),
  zip: JSON.stringify([{ name: "archive", options: { level: 5 } }]),
};

/** The plugin that replaces a rewrite where a bundle without it would not run. */
const substitutes: Readonly<Record<string, Plugin>> = {
  // As sharp's documentation advises: the whole package is in the layer.
  sharp: {
    name: "external-sharp",
    setup: ({ onResolve }) => onResolve({ filter: /^sharp$/ }, ({ path }) => ({ path, external: true })),
  },
};

/** Returns the CPU time in ms that a new Node.js needs to start and run `load`, all threads together. */
async function startCpuMs(name: string, load: string, layer: string): Promise<number> {
  const script = `${load};
    const { user, system } = process.cpuUsage();
    process.stdout.write(String((user + system) / 1000));`;
  const env = { ...environment, CONVERTER: name, VARIANTS: variants[name] ?? "[]", NODE_PATH: layer };
  return Number((await run(process.execPath, ["-e", script], { env })).stdout);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Bundles all functions into a folder and returns by name the statement that loads each and its size. */
async function write(directory: string, plugins: readonly Plugin[]) {
  const { bundles } = await bundleFunctions(directory, plugins);
  await writeChangedFiles(
    directory,
    bundles.map(({ file }) => file),
  );
  return new Map(
    bundles.map(({ name, file }) => [
      name,
      { load: `require(${JSON.stringify(file.path)})`, bytes: file.contents.length },
    ]),
  );
}

/** Returns, for one rewrite, the size and start of every function that it changes, without it and with it. */
async function measure(rewrite: Plugin, runs: number, directory: string, layer: string): Promise<object[]> {
  const { [rewrite.name]: substitute } = substitutes;
  const others = rewrites.filter((each) => each !== rewrite);
  const without = await write(join(directory, rewrite.name), substitute ? [substitute, ...others] : others);
  const all = await write(join(directory, "all"), rewrites);
  const rows: object[] = [];
  for (const [name, before] of without) {
    const after = all.get(name);
    if (!after || after.bytes === before.bytes) continue;
    const [cpuBefore, cpuAfter]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < runs; turn++) {
      cpuBefore.push(await startCpuMs(name, before.load, layer));
      cpuAfter.push(await startCpuMs(name, after.load, layer));
    }
    const kB = (bytes: number) => Math.round(bytes / 1000);
    rows.push({
      rewrite: rewrite.name,
      function: name,
      "kB without": kB(before.bytes),
      "kB with": kB(after.bytes),
      "CPU ms without": Math.round(median(cpuBefore)),
      "CPU ms with": Math.round(median(cpuAfter)),
    });
  }
  return rows;
}

/** Returns the CPU time of the checksum of 100 MB, the work that `node-crc32` saves after the start. */
async function measureChecksum(runs: number): Promise<object> {
  const contents = `
    import crc32 from "crc-32";
    const bytes = Buffer.alloc(100_000_000, 7);
    crc32.buf(bytes.subarray(0, 1_000_000));
    const { user, system } = process.cpuUsage();
    crc32.buf(bytes);
    const used = process.cpuUsage({ user, system });
    process.stdout.write(String((used.user + used.system) / 1000));`;
  const measured = async (plugins: Plugin[]) => {
    const stdin = { contents, resolveDir: projectDirectory };
    const { outputFiles } = await bundle({ ...bundleSettings, stdin, plugins, write: false });
    const times: number[] = [];
    for (let turn = 0; turn < runs; turn++)
      times.push(Number((await run(process.execPath, ["-e", outputFiles[0]?.text ?? ""])).stdout));
    return Math.round(median(times));
  };
  return {
    rewrite: nodeCrc32.name,
    work: "checksum of 100 MB",
    "CPU ms without": await measured([]),
    "CPU ms with": await measured([nodeCrc32]),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "15" } },
});
const unknown = positionals.find((name) => !rewrites.some((rewrite) => rewrite.name === name));
if (unknown !== undefined) throw new Error(`There is no rewrite ${unknown}`);
const directory = await mkdtemp(join(tmpdir(), "henkan-rewrites-"));
try {
  const layer = join(directory, "layer");
  await mkdir(layer);
  // The functions load nothing else from the layer; sharp's substitute loads the package.
  for (const name of ["@img", "sharp"])
    await symlink(join(projectDirectory, "node_modules", name), join(layer, name), "junction");
  const chosen = rewrites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const rows: object[] = [];
  const runs = Number(values.runs);
  for (const rewrite of chosen) rows.push(...(await measure(rewrite, runs, directory, layer)));
  const bare: number[] = [];
  for (let turn = 0; turn < runs; turn++) bare.push(await startCpuMs("", "", layer));
  console.log(
    `Node.js alone starts with ${Math.round(median(bare))} ms of CPU time. Each start below includes it.`,
  );
  console.table(rows);
  if (chosen.includes(nodeCrc32)) console.table([await measureChecksum(runs)]);
} finally {
  await rm(directory, { recursive: true });
}
