import { buildFunctions, buildSharpLayer } from "../../scripts/build.ts";

/** Builds what the program deploys into `dist/`. */
export async function build(): Promise<void> {
  console.log("Building the functions and the sharp layer");
  await Promise.all([buildFunctions(), buildSharpLayer()]);
}
