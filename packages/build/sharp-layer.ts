import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { distDirectory, projectDirectory } from "./directories.ts";
import { type LockFile, lockFileFor } from "./lock-file.ts";

const run = promisify(execFile);

/** What Lambda's arm64 Node runtime is, whatever this machine is. */
const platform = ["--os=linux", "--cpu=arm64", "--libc=glibc"];

/**
 * Installs the native half of the locked sharp for Lambda into `layers/sharp/nodejs/node_modules`, from the npm
 * registry. Its JavaScript is in the bundles.
 *
 * @returns the layer's folder, absolute
 */
export async function buildSharpLayer(outDirectory = distDirectory): Promise<string> {
  const layer = join(outDirectory, "layers", "sharp");
  const directory = join(layer, "nodejs");
  const lock = await readFile(join(projectDirectory, "package-lock.json"), "utf8").then(JSON.parse);
  const lockFile: LockFile = lockFileFor("sharp", lock);
  const manifests = { "package.json": lockFile.packages[""], "package-lock.json": lockFile };
  await rm(layer, { recursive: true, force: true });
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
  return layer;
}

/** The npm that runs this script when one does. */
function npm(directory: string, args: string[]) {
  const { npm_execpath: script } = process.env;
  return script
    ? run(process.execPath, [script, ...args], { cwd: directory })
    : run("npm", args, { cwd: directory });
}
