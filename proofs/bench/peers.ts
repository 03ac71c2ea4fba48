import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The part of a package-lock.json that this file reads: packages by their folder; the project itself is "". */
interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  /** True when npm may leave it out on a system that it does not support. */
  readonly optional?: boolean;
}

/** Installs the locked versions of the packages that Henkan is compared with, unless they are installed. */
export async function installPeers(say: (text: string) => void): Promise<void> {
  const directory = import.meta.dirname;
  if (await areInstalled(directory)) return;
  say("Installing the packages that Henkan is compared with into proofs/bench/node_modules");
  const { npm_execpath: script } = process.env;
  const args = ["ci", "--no-audit", "--no-fund"];
  const [command, all] = script ? [process.execPath, [script, ...args]] : ["npm", args];
  await run(command, all, { cwd: directory });
}

/** Returns true when the packages in `directory` are the locked ones, by npm's own record of what it installed. */
export async function areInstalled(directory: string): Promise<boolean> {
  const locked = await readLock(join(directory, "package-lock.json"));
  const installed = await readLock(join(directory, "node_modules", ".package-lock.json"));
  if (!locked || !installed) return false;
  const { "": _, ...wanted } = locked.packages;
  const present = installed.packages;
  return (
    Object.keys(present).every((folder) => folder in wanted) &&
    Object.entries(wanted).every(([folder, { version, integrity, optional }]) => {
      const found = present[folder];
      return found ? found.version === version && found.integrity === integrity : optional === true;
    })
  );
}

async function readLock(path: string): Promise<Lock | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
