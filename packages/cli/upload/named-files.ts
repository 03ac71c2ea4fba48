import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { safeName } from "../../../contract/safe-name.ts";
import { userPath } from "../command.ts";

/** A file that the user named, or a file in a folder that the user named. */
export interface NamedFile {
  /** As the user would write it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** The file's own folder below the folder of downloads. */
  readonly folder: string;
}

/**
 * Returns each file once, in the order of the names. A folder stands for all files in it at any depth, except hidden
 * ones. A name that does not exist stays in the list, so that opening it reports the error. The folders of the files have
 * names that every file system accepts.
 */
export async function findFiles(names: readonly string[]): Promise<NamedFile[]> {
  const found = new Map<string, { file: string; segments: string[] }>();
  for (const name of names) {
    const path = userPath(name);
    for await (const below of filesBelow(path)) {
      const file = join(name, ...below);
      const key = join(path, ...below);
      if (!found.has(key)) found.set(key, { file, segments: [basename(path), ...below] });
    }
  }
  const taken = new Set<string>();
  return [...found].map(([path, { file, segments }]) => ({ file, path, folder: folderOf(segments, taken) }));
}

/**
 * Returns one file for each name, in their order: a name that is given twice stands for two files. The folder of a file
 * has its name, and a number when another has the same.
 */
export function eachNamed(names: readonly string[]): NamedFile[] {
  const taken = new Set<string>();
  return names.map((file) => {
    let folder = basename(file);
    for (let count = 2; taken.has(folder); count++) folder = `${basename(file)}-${count}`;
    taken.add(folder);
    return { file, path: userPath(file), folder };
  });
}

/** Yields the path segments of each file below `path`, and no segments when `path` is a file itself. */
async function* filesBelow(path: string): AsyncGenerator<string[]> {
  const entries = (await isFolder(path)) ? await listing(path) : undefined;
  if (!entries) {
    yield [];
    return;
  }
  for (const entry of entries) {
    const child = join(path, entry.name);
    // Links to folders can form circles.
    if (entry.isDirectory()) for await (const below of filesBelow(child)) yield [entry.name, ...below];
    else if (entry.isFile() || (entry.isSymbolicLink() && !(await isFolder(child)))) yield [entry.name];
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== undefined) return undefined;
    throw error;
  });
  return found?.isDirectory() ?? false;
}

/** Returns undefined for a folder that the user may not read. */
async function listing(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EACCES") return undefined;
    throw error;
  });
  return entries
    ?.filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** Adds a number to a name that is equal to an earlier one on some file systems, such as one that ignores case. */
function folderOf(segments: readonly string[], taken: Set<string>): string {
  const plain = join(...segments.map(safeName));
  let folder = plain;
  for (let count = 2; taken.has(folder.toLowerCase()); count++) folder = `${plain}-${count}`;
  taken.add(folder.toLowerCase());
  return folder;
}
