import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import mime from "mime";
import type { Source } from "../../../converters/converter.ts";

/** Returns a local file as a converter's source. Its extension determines its type. */
export async function localSource(path: string): Promise<Source> {
  return {
    filename: basename(path),
    contentType: mime.getType(path) ?? "application/octet-stream",
    bytes: (await stat(path)).size,
    stream: async () => createReadStream(path),
    file: async () => path,
  };
}
