import { basename } from "node:path";
import type { AssetPath } from "@henkan/local-cloud/testing";
import { declaredStage } from "../pipeline/declared-stage.ts";

const variants = {
  thumbnail: { converter: "resize", width: 300 },
  jpg: { converter: "png-to-jpg" },
  archive: { converter: "zip" },
} as const;

/**
 * Returns the environment variables of each function, by its bundle's name: those that the program declares, and the
 * region that Lambda adds. The files of a stage are written to `directory`.
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
