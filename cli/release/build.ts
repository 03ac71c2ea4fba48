import { buildFunctions, buildPage, buildSharpLayer } from "../../scripts/build.ts";

/** Builds what the program deploys into `dist/`. */
export async function build(): Promise<void> {
  console.log("Building the functions, the sharp layer and the page");
  await Promise.all([buildFunctions(), buildSharpLayer(), buildPage()]);
}
