import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UploadClient } from "@henkan/client";
import mime from "mime";
import type { CloudProcess } from "./cloud.ts";

export interface Load {
  /** Paths of the files to upload, in turn. */
  readonly paths: readonly string[];
  readonly uploads: number;
  readonly inFlight: number;
}

export interface Run {
  /** Milliseconds from the end of each PUT to the last variant read from the CDN. */
  readonly latenciesMs: readonly number[];
  readonly wallMs: number;
  /** CPU time per file of the cloud's own process; `functionsMs` is that of the functions. */
  readonly cloudMs: number;
  readonly functionsMs: number;
}

/** Time to wait for the end of the process after its connection broke, which is noticed first. */
const endIsNoticedMs = 500;

/**
 * Uploads files and waits until every variant of each can be read.
 *
 * @throws {Error} the reason of `interruption`, or an error that describes the end of the cloud's process
 */
export async function runLoad(cloud: CloudProcess, load: Load, interruption: AbortSignal): Promise<Run> {
  const { uploads, inFlight } = load;
  const failed = new AbortController();
  const signal = AbortSignal.any([interruption, cloud.ended, failed.signal]);
  const latenciesMs: number[] = [];
  const upload = uploader(cloud, signal);
  let begun = 0;

  async function uploadAll(): Promise<void> {
    while (begun < uploads) {
      signal.throwIfAborted();
      const path = load.paths[begun % load.paths.length] ?? "";
      begun += 1;
      latenciesMs.push(await upload(path));
    }
  }

  const before = cloud.cpu();
  const begin = performance.now();
  try {
    await Promise.all(Array.from({ length: inFlight }, uploadAll));
  } catch (error) {
    if (!signal.aborted) await setTimeout(endIsNoticedMs);
    signal.throwIfAborted();
    failed.abort(error);
    throw error;
  }
  const wallMs = performance.now() - begin;
  const after = cloud.cpu();
  const perFile = (of: "parentMs" | "childrenMs") =>
    ((after?.[of] ?? Number.NaN) - (before?.[of] ?? Number.NaN)) / uploads;
  return { latenciesMs, wallMs, cloudMs: perFile("parentMs"), functionsMs: perFile("childrenMs") };
}

/** Uploads one file and returns its latency in milliseconds. */
function uploader(cloud: CloudProcess, signal: AbortSignal): (path: string) => Promise<number> {
  const client = new UploadClient(cloud.api, { signal });
  return async (path) => {
    const created = await client.create({
      filename: basename(path),
      contentType: mime.getType(path) ?? "",
      size: (await readFile(path)).length,
    });
    await client.put(created, path);
    const put = performance.now();
    await cloud.completion(created.id, created.variants.length);
    await Promise.all(created.variants.map(({ url }) => read(url, signal)));
    return performance.now() - put;
  };
}

async function read(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status} although it was announced`);
}
