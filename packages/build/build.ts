import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bytesText } from "@henkan/client/text";
import { buildFunctions, buildPage, buildSharpLayer, type PageFile } from "./index.ts";

/** Returns the total bytes of all files below a folder. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/** Returns the table row of one file of the page, with its size as browsers download it. */
function pageRow({ path, contents, isLazy }: PageFile) {
  return {
    page: path,
    size: bytesText(contents.length),
    gzipped: bytesText(gzipSync(contents, { level: 9 }).length),
    loaded: isLazy ? "to sign in" : "always",
  };
}

try {
  const [functions, layer, page] = await Promise.all([buildFunctions(), buildSharpLayer(), buildPage()]);
  console.table([
    ...functions.map(({ name, bytes }) => ({ artefact: `functions/${name}`, size: bytesText(bytes) })),
    { artefact: "layers/sharp", size: bytesText(await sizeOf(layer)) },
  ]);
  console.table(page.map(pageRow));
} catch (error) {
  if (!(error instanceof Error && "printWithoutStack" in error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
