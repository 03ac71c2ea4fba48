import { basename } from "node:path";
import type { AssetPath } from "@henkan/local-cloud/testing";
import { declaredStage } from "../pipeline/declared-stage.ts";

const variants = {
  thumbnail: { converter: "resize", width: 300 },
  jpg: { converter: "png-to-jpg" },
  archive: { converter: "zip" },
} as const;

/**
 * The environment each function is started with, by its bundle's name: what the program declares for it, and the region
 * that Lambda adds. A stage's files are put into `directory`.
 */
export async function functionVariables(
  directory: string,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const graph = await declaredStage(directory, variants);
  return new Map(
    graph
      .all("aws:lambda/function:Function")
      .map(({ inputs }) => [
        basename((inputs.code as unknown as AssetPath).path),
        { AWS_REGION: graph.region, ...inputs.environment?.variables },
      ]),
  );
}
