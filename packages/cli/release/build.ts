import { buildFunctions, buildPage, buildSharpLayer } from "@henkan/build";

/** Builds what the program deploys into `dist/`. */
export async function build(): Promise<void> {
  console.log("Building the functions, the sharp layer and the page");
  await Promise.all([buildFunctions(), buildSharpLayer(), buildPage()]);
}
