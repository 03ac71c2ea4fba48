import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import * as v from "valibot";
import { projectDirectory } from "./directories.ts";
import { isMissing, type WrittenFile, writeChangedFiles } from "./written-files.ts";

/** SHA-256 of files, by their paths. */
const digests = v.record(v.string(), v.string());

const buildRecord = v.object({
  /** The version of Node.js that built. */
  node: v.string(),
  /**
   * Files that decide the result: the bundled sources, the build's own code, and what is installed. Paths are relative to
   * the project.
   */
  sources: digests,
  /** Paths are relative to the output folder, so that a copy of the project has a record of its own files. */
  written: digests,
  /** What the build returned, as JSON. */
  result: v.unknown(),
});

/** More than the times of files are behind the clock: Linux takes them from its last tick, up to 10 ms before. */
const fileTimeMs = 50;

/** A finished build. */
export interface Build<Result> {
  /** Data that JSON can hold, without absolute paths. */
  readonly result: Result;
  /** Paths of the bundled sources, relative to the project. */
  readonly sources: readonly string[];
  readonly files: readonly WrittenFile[];
}

/**
 * Builds and writes the files, unless an earlier build of the same sources has written the same files. Returns the
 * result of that build.
 *
 * Sources are the same when their contents are. They include the installed versions, every module of this package, and
 * the settings of workspaces and compiler, so that any change that can change the result builds again.
 *
 * @param record the absolute path of the file that remembers the build, in the output folder
 * @throws whatever `build` throws
 */
export async function unlessUpToDate<Result>(
  outDirectory: string,
  record: string,
  build: () => Promise<Build<Result>>,
): Promise<Result> {
  const earlier = await readRecord(record);
  if (earlier && (await isUpToDate(earlier, outDirectory))) return earlier.result as Result;
  const startedAt = Date.now() - fileTimeMs;
  const { result, sources, files } = await build();
  await writeChangedFiles(outDirectory, files);
  const paths = [...new Set([...sources, ...settings()])].sort();
  // The build may have read a file before or after a change of that moment.
  if (await changedSince(startedAt, paths)) return result;
  const written = files.map(({ path, contents }) => [relative(outDirectory, path), digest(contents)]);
  const contents = JSON.stringify({
    node: process.version,
    sources: await digestsOf(projectDirectory, paths),
    written: Object.fromEntries(written),
    result,
  });
  await writeChangedFiles(outDirectory, [{ path: record, contents: Buffer.from(contents) }]);
  return result;
}

/** Returns the files other than bundled sources that can change a result. */
function settings(): string[] {
  const own = globSync("packages/build/**/*.ts", {
    cwd: projectDirectory,
    exclude: (path) => basename(path) === "node_modules",
  });
  const workspaces = globSync("packages/*/package.json", { cwd: projectDirectory });
  // npm writes the last one: it lists the installed versions, also where they differ from the lock file.
  return [
    ...own,
    ...workspaces,
    "package.json",
    "tsconfig.json",
    "packages/web/tsconfig.json",
    "node_modules/.package-lock.json",
  ];
}

async function readRecord(path: string): Promise<v.InferOutput<typeof buildRecord> | undefined> {
  try {
    const parsed = v.safeParse(buildRecord, JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
}

async function isUpToDate(
  { node, sources, written }: v.InferOutput<typeof buildRecord>,
  outDirectory: string,
): Promise<boolean> {
  if (node !== process.version) return false;
  // A module that is new to the build's own code is in no record yet.
  if (settings().some((path) => !(path in sources))) return false;
  return (await isUnchanged(projectDirectory, sources)) && (await isUnchanged(outDirectory, written));
}

async function isUnchanged(directory: string, recorded: Readonly<Record<string, string>>): Promise<boolean> {
  const current = await digestsOf(directory, Object.keys(recorded));
  return Object.entries(recorded).every(([path, expected]) => current[path] === expected);
}

/** Returns the digests of files below `directory`; that of a missing file is empty. */
async function digestsOf(directory: string, paths: readonly string[]): Promise<Record<string, string>> {
  const entries = paths.map(async (path): Promise<[string, string]> => {
    try {
      return [path, digest(await readFile(resolve(directory, path)))];
    } catch (error) {
      if (!isMissing(error)) throw error;
      return [path, ""];
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function changedSince(time: number, paths: readonly string[]): Promise<boolean> {
  const times = await Promise.all(
    paths.map((path) =>
      stat(resolve(projectDirectory, path)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.some((mtime) => mtime >= time);
}

const digest = (contents: Uint8Array) => createHash("sha256").update(contents).digest("base64url");
