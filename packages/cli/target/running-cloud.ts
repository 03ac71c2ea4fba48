import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cloud, Graph } from "@henkan/local-cloud";
import * as v from "valibot";

const runningCloud = v.object({
  pid: v.number(),
  stage: v.string(),
  urls: v.object({
    api: v.string(),
    s3: v.string(),
    cdn: v.string(),
    sns: v.string(),
    sqs: v.optional(v.string()),
  }),
  credentials: v.object({ accessKeyId: v.string(), secretAccessKey: v.string() }),
  outputs: v.record(v.string(), v.unknown()),
});

/** The addresses and settings by which other processes of this user reach a running local cloud. */
export type RunningCloud = v.InferOutput<typeof runningCloud>;

const file = (dataDirectory: string) => join(dataDirectory, "running.json");

/** Lets commands in other processes find the cloud until the returned function is called. */
export async function announceCloud(
  dataDirectory: string,
  graph: Graph,
  { urls, credentials }: Cloud,
): Promise<() => Promise<void>> {
  const administrator = credentials.issue(`arn:aws:iam::${graph.accountId}:user/administrator`);
  const { accessKeyId, secretAccessKey } = administrator;
  const announced: RunningCloud = {
    pid: process.pid,
    stage: graph.stage,
    urls,
    credentials: { accessKeyId, secretAccessKey },
    // The graph has addresses on AWS; these are the local ones.
    outputs: { ...graph.outputs, apiUrl: urls.api, cdnUrl: urls.cdn },
  };
  const path = file(dataDirectory);
  await writeFile(`${path}.new`, JSON.stringify(announced), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return () => rm(path, { force: true });
}

/** Returns the cloud that runs on a data directory, and undefined when none does. */
export async function findRunningCloud(dataDirectory: string): Promise<RunningCloud | undefined> {
  const text = await readFile(file(dataDirectory), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const cloud = v.parse(v.pipe(v.string(), v.parseJson(), runningCloud), text);
  return isAlive(cloud.pid) ? cloud : undefined;
}

/** Returns false for a process that was killed before it could remove its announcement. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
