import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import type { Cloud, CloudOptions, Graph } from "@henkan/local-cloud";
import "./compile-cache.ts";

export { defaultDataDirectory } from "./data-directory.ts";

/** The local page of every stage: without sign-in, since the local API accepts every caller. */
const localPage = { "henkan:page": "open" };

/**
 * Builds the bundles, runs the Pulumi program of `stage` and starts what it declares. With `page`, it serves the local
 * page, also for a stage without one.
 */
export async function bringUp(
  stage: string,
  { page = false, ...options }: Omit<CloudOptions, "projectDirectory"> & { readonly page?: boolean },
): Promise<{ graph: Graph; cloud: Cloud }> {
  // Loaded late: mistakes in the arguments are reported without these modules, and the compile cache must be on first.
  const { runProgram, startCloud } = await import("@henkan/local-cloud");
  const { buildFunctions, buildPage } = await import("@henkan/build");
  const declare = async () => {
    if (!page) return runProgram({ projectDirectory, stage });
    // The program reads the built page.
    await buildPage();
    return runProgram({ projectDirectory, stage, overrides: localPage });
  };
  const [graph] = await Promise.all([declare(), buildFunctions()]);
  return { graph, cloud: await startCloud(graph, { projectDirectory, ...options }) };
}

/** Runs `work` with an empty cloud on free ports, and removes the cloud with its data afterwards. */
export async function withTemporaryCloud<Result>(
  stage: string,
  options: Omit<CloudOptions, "projectDirectory" | "dataDirectory" | "ports">,
  work: (running: { graph: Graph; cloud: Cloud }) => Promise<Result>,
): Promise<Result> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "henkan-data-"));
  try {
    const running = await bringUp(stage, { dataDirectory, ports: { api: 0, s3: 0, cdn: 0 }, ...options });
    try {
      return await work(running);
    } finally {
      await running.cloud.close();
    }
  } finally {
    rmSync(dataDirectory, { recursive: true });
  }
}
