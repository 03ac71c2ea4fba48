import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { distDirectory, projectDirectory } from "./directories.ts";
import { type LockFile, lockFileFor } from "./lock-file.ts";
import { writeChangedFiles } from "./written-files.ts";

const run = promisify(execFile);

/** The options that make npm install for Lambda's arm64 runtime on any machine. */
const platform = ["--os=linux", "--cpu=arm64", "--libc=glibc"];

/**
 * Installs the native half of the locked sharp for Lambda into `layers/sharp/nodejs/node_modules`. Its JavaScript is in
 * the bundles. A layer that was built from the same lock file is left as it is; otherwise npm needs its registry or cache.
 *
 * @param outDirectory the folder to write to, absolute
 * @default outDirectory `dist/` of the project
 * @returns the layer's folder, absolute
 * @throws {Error} when npm fails, or `package-lock.json` does not contain sharp
 */
export async function buildSharpLayer(outDirectory: string = distDirectory): Promise<string> {
  const layer = join(outDirectory, "layers", "sharp");
  // Next to the layer, since everything inside it is deployed.
  const recordPath = join(outDirectory, "layers", "sharp.json");
  const lock = await readFile(join(projectDirectory, "package-lock.json"), "utf8").then(JSON.parse);
  const source = { platform, lockFile: lockFileFor("sharp", lock) };
  const recorded = await readFile(recordPath, "utf8").catch(() => "");
  if (recorded === (await recordOf(source, layer))) return layer;
  await mkdir(outDirectory, { recursive: true });
  const directory = await mkdtemp(join(outDirectory, ".layer-"));
  try {
    const built = join(directory, "sharp");
    await install(source.lockFile, join(built, "nodejs"));
    await replaceDirectory(built, layer);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const contents = Buffer.from(await recordOf(source, layer));
  await writeChangedFiles(outDirectory, [{ path: recordPath, contents }]);
  return layer;
}

/** Describes what a layer was built from and the size of every file in it, as JSON. */
async function recordOf(source: object, layer: string): Promise<string> {
  const entries = await readdir(layer, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = paths.sort().map(async (path) => [path.slice(layer.length), (await stat(path)).size]);
  return JSON.stringify({ source, files: await Promise.all(sizes) });
}

/** Installs the packages of a lock file into a new folder and keeps only sharp's native half. */
async function install(lockFile: LockFile, directory: string): Promise<void> {
  const manifests = { "package.json": lockFile.packages[""], "package-lock.json": lockFile };
  await mkdir(directory, { recursive: true });
  for (const [file, content] of Object.entries(manifests)) {
    await writeFile(join(directory, file), JSON.stringify(content));
  }
  await npm(directory, ["ci", ...platform, "--no-bin-links", "--ignore-scripts", "--no-audit", "--no-fund"]);
  for (const file of Object.keys(manifests)) await rm(join(directory, file));
  const modules = join(directory, "node_modules");
  for (const name of await readdir(modules)) {
    if (name !== "@img") await rm(join(modules, name), { recursive: true });
  }
  await rm(join(modules, "@img", "colour"), { recursive: true });
}

/**
 * Renames `source` to `target`, also while another process does the same. What it replaces stays next to `source`, in the
 * temporary folder.
 */
async function replaceDirectory(source: string, target: string): Promise<void> {
  await mkdir(join(target, ".."), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    await rename(target, `${source}-replaced-${attempt}`).catch(ignoring("ENOENT"));
    try {
      return await rename(source, target);
    } catch (error) {
      // Another process has renamed its own folder in between.
      if (attempt === 5) throw error;
      ignoring("ENOTEMPTY", "EEXIST", "EPERM")(error);
    }
  }
}

/** Returns a handler that rethrows errors without one of the codes. */
const ignoring =
  (...codes: readonly string[]) =>
  (error: unknown) => {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  };

/** Runs npm: the one that runs this process, if there is one. */
function npm(directory: string, args: string[]) {
  const { npm_execpath: script } = process.env;
  return script
    ? run(process.execPath, [script, ...args], { cwd: directory })
    : run("npm", args, { cwd: directory });
}
