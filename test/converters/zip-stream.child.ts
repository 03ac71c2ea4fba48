/** Zips noise, whose size in MB is the argument, and prints the peak memory of this process. */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { convert } from "../../converters/zip.ts";
import { peakMegabytes } from "./peak-memory.ts";

const megabytes = Number(process.argv[2]);
const block = randomBytes(1_000_000);
const blocks = function* () {
  for (let count = 0; count < megabytes; count++) yield block;
};
const source = {
  filename: "large.bin",
  contentType: "application/octet-stream",
  bytes: megabytes * block.length,
  stream: async () => Readable.from(blocks(), { objectMode: false }),
  file: () => Promise.reject(new Error("A zip is streamed: it needs no local copy")),
};

let bytes = 0;
for await (const conversion of convert(source, [{ name: "archive", options: { level: 1 } }])) {
  if ("error" in conversion) throw conversion.error;
  for await (const chunk of conversion.output.body as Readable) bytes += chunk.length;
}
process.stdout.write(JSON.stringify({ bytes, peakMegabytes: peakMegabytes() }));
