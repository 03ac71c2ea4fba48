import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildFunctions } from "./functions.ts";
import { buildPage, type PageFile } from "./page.ts";
import { buildSharpLayer } from "./sharp-layer.ts";

export { bundle } from "./bundle.ts";
export { buildFunctions, bundleSettings, type FunctionBundle } from "./functions.ts";
export { buildPage, type PageFile } from "./page.ts";
export { buildSharpLayer } from "./sharp-layer.ts";

/** Bytes of all files below a folder. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** A file of the page, and what it weighs on its way to the browser. */
function pageRow({ path, contents, isLazy }: PageFile) {
  return {
    page: path,
    KiB: Math.round(contents.length / 1024),
    "KiB gzipped": (gzipSync(contents, { level: 9 }).length / 1024).toFixed(1),
    loaded: isLazy ? "to sign in" : "always",
  };
}

if (import.meta.main) {
  const [functions, layer, page] = await Promise.all([buildFunctions(), buildSharpLayer(), buildPage()]);
  const rows = [
    ...functions.map(({ name, bytes }) => ({ artefact: `functions/${name}`, KiB: Math.round(bytes / 1024) })),
    { artefact: "layers/sharp", KiB: Math.round((await sizeOf(layer)) / 1024) },
  ];
  console.table(rows);
  console.table(page.map(pageRow));
}
