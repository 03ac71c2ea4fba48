export { buildFunctions, bundleSettings, type FunctionBundle } from "./functions.ts";
export { buildPage, type PageFile } from "./page.ts";
export { buildSharpLayer } from "./sharp-layer.ts";
