import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import type { UploadResult } from "../../../packages/cli/upload/results.ts";
import { type Pipeline, startPipeline } from "../../support/pipeline.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { type Finished, runCommand } from "./command-line.ts";

export const garden = join(projectDirectory, "samples", "garden.png");

/** Starts a pipeline for the tests of a suite, and makes a folder to send from for each test. */
export function uploading() {
  let data: ReturnType<typeof temporaryDirectory>;
  let work: ReturnType<typeof temporaryDirectory>;
  let pipeline: Pipeline;
  before(async () => {
    data = temporaryDirectory();
    pipeline = await startPipeline(data.path, { onDenied: () => {} });
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });
  beforeEach(() => {
    work = temporaryDirectory();
  });
  afterEach(() => work.remove());

  const write = (name: string, content: string | Buffer) => {
    const path = join(work.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const options = (api = pipeline.cloud.urls.api) => ["--api", api, "--state", join(work.path, "sent.db")];
  const upload = (...args: string[]) => runCommand("henkan", "upload", ...options(), ...args);
  return { pipeline: () => pipeline, work: () => work.path, write, options, upload };
}

/** The lines that --json prints, parsed. */
export const results = ({ stdout }: Pick<Finished, "stdout">): UploadResult[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Returns the paths of all files below a folder, relative to it. */
export const filesBelow = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
