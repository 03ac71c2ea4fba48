import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import mime from "mime";
import type { Source } from "../../converters/converter.ts";

const temporaryFiles: string[] = [];

process.once("exit", () => {
  for (const path of temporaryFiles) rmSync(path, { force: true });
});

/** Returns a source with these contents. Its type follows from the extension; its file is removed with the process. */
export function sourceOf(filename: string, contents: Buffer | string): Source {
  const bytes = Buffer.from(contents);
  let file: Promise<string> | undefined;
  const write = async (): Promise<string> => {
    const path = join(tmpdir(), `henkan-test-${randomUUID()}`);
    temporaryFiles.push(path);
    await writeFile(path, bytes);
    return path;
  };
  return {
    filename,
    contentType: mime.getType(filename) ?? "application/octet-stream",
    bytes: bytes.length,
    stream: async () => Readable.from([bytes], { objectMode: false }),
    file: () => {
      file ??= write();
      return file;
    },
  };
}
