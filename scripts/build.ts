import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { buildFunctions } from "./build/functions.ts";
import { buildSharpLayer } from "./build/sharp-layer.ts";

export { buildFunctions, type FunctionBundle } from "./build/functions.ts";
export { buildSharpLayer } from "./build/sharp-layer.ts";

/** Bytes of all files below a folder. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

if (import.meta.main) {
  const [functions, layer] = await Promise.all([buildFunctions(), buildSharpLayer()]);
  const rows = [
    ...functions.map(({ name, bytes }) => ({ artefact: `functions/${name}`, KiB: Math.round(bytes / 1024) })),
    { artefact: "layers/sharp", KiB: Math.round((await sizeOf(layer)) / 1024) },
  ];
  console.table(rows);
}
