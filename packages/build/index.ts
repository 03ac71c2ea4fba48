import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bytesText } from "@henkan/client/text";
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
    size: bytesText(contents.length),
    gzipped: bytesText(gzipSync(contents, { level: 9 }).length),
    loaded: isLazy ? "to sign in" : "always",
  };
}

if (import.meta.main) {
  const [functions, layer, page] = await Promise.all([buildFunctions(), buildSharpLayer(), buildPage()]);
  const rows = [
    ...functions.map(({ name, bytes }) => ({ artefact: `functions/${name}`, size: bytesText(bytes) })),
    { artefact: "layers/sharp", size: bytesText(await sizeOf(layer)) },
  ];
  console.table(rows);
  console.table(page.map(pageRow));
}
