import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file of a build. */
export interface WrittenFile {
  /** Absolute path below the build's output folder. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/**
 * Writes the files whose contents differ from what is on disk. Other files keep their time of modification.
 *
 * Each file is written under a temporary name in `outDirectory` and then renamed. Two processes can therefore build at the
 * same time, and a reader never sees half a file.
 *
 * @param outDirectory the build's output folder, absolute; it is created when it does not exist
 */
export async function writeChangedFiles(outDirectory: string, files: readonly WrittenFile[]): Promise<void> {
  await mkdir(outDirectory, { recursive: true });
  await Promise.all(
    files.map(async ({ path, contents }) => {
      if (await hasContents(path, contents)) return;
      await mkdir(dirname(path), { recursive: true });
      // Not in the file's own folder, which Pulumi may be reading as an archive.
      const temporary = join(outDirectory, `.${randomUUID()}.partial`);
      try {
        await writeFile(temporary, contents);
        await rename(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    }),
  );
}

async function hasContents(path: string, contents: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(path)).equals(contents);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Returns true for the error of reading a file that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
