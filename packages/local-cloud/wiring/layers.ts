import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ProgramError } from "../errors.ts";
import type { AssetPath, Declared } from "../graph.ts";

interface LayerFolders {
  /** Folder outside the project in which layers are laid out. */
  readonly workDirectory: string;
  /** Folder in which installed packages are searched after those above the layer. */
  readonly projectDirectory?: string;
}

/**
 * Lays out the Node.js packages of a layer, and returns the folder for `NODE_PATH`.
 *
 * A layer that is named after an installed package ships the native half of that package for Lambda's machines: the
 * package's optional dependencies. This machine needs others, so the installed ones take their place. Such a layer need
 * not be built.
 *
 * @throws {ProgramError} when the layer's folder does not exist
 */
export function layOutLayer(
  { name, inputs }: Declared<"aws:lambda/layerVersion:LayerVersion">,
  { workDirectory, projectDirectory }: LayerFolders,
): string {
  const { path } = inputs.code as unknown as AssetPath;
  const modules = join(workDirectory, "layers", name, "nodejs", "node_modules");
  mkdirSync(modules, { recursive: true });
  const shipped = join(path, "nodejs", "node_modules");
  const natives = nativePackages(basename(path), [path, projectDirectory ?? path]);
  if (natives.size === 0 && !existsSync(path)) {
    throw new ProgramError(`${name}: its content is not built: ${path} does not exist`);
  }
  if (natives.size === 0 && existsSync(shipped)) cpSync(shipped, modules, { recursive: true });
  for (const [native, folder] of natives) {
    mkdirSync(join(modules, dirname(native)), { recursive: true });
    symlinkSync(folder, join(modules, native), "junction");
  }
  return modules;
}

/** Returns the installed optional dependencies of a package with their folders, from the nearest installation. */
function nativePackages(packageName: string, startingPoints: readonly string[]): ReadonlyMap<string, string> {
  const installed = startingPoints
    .flatMap(packageFolders)
    .find((folder) => existsSync(join(folder, packageName, "package.json")));
  if (installed === undefined) return new Map();
  const manifest = readFileSync(join(installed, packageName, "package.json"), "utf8");
  const { optionalDependencies = {} } = JSON.parse(manifest) as { optionalDependencies?: object };
  const folders = Object.keys(optionalDependencies).map((name): [string, string] => [
    name,
    join(installed, name),
  ]);
  return new Map(folders.filter(([, folder]) => existsSync(folder)));
}

/** Returns the folders in which Node.js looks for the packages of a folder, the nearest first. */
function packageFolders(directory: string): string[] {
  const folder = resolve(directory);
  const parent = dirname(folder);
  return [join(folder, "node_modules"), ...(parent === folder ? [] : packageFolders(parent))];
}
