import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import mime from "mime";
import type { Source } from "../../../converters/converter.ts";

/** A file on this machine as a converter's source, of the type its name's extension stands for. */
export async function localSource(path: string): Promise<Source> {
  return {
    filename: basename(path),
    contentType: mime.getType(path) ?? "application/octet-stream",
    bytes: (await stat(path)).size,
    stream: async () => createReadStream(path),
    file: async () => path,
  };
}
