/** Opens the PNG whose path is the argument, and reports the peak memory of this process. */
import { statSync } from "node:fs";
import { Readable } from "node:stream";
import { ConversionError } from "../../converters/errors.ts";
import { openPicture } from "../../converters/image.ts";
import { peakMegabytes } from "./peak-memory.ts";

const path = process.argv[2] ?? "";
const source = {
  filename: "bomb.png",
  contentType: "image/png",
  bytes: statSync(path).size,
  stream: async () => Readable.from([]),
  file: async () => path,
};

try {
  await openPicture(source, 256 * 1024 * 1024);
  throw new Error("Expected the picture to be refused but it was opened");
} catch (error) {
  if (!(error instanceof ConversionError)) throw error;
  process.stdout.write(
    JSON.stringify({ code: error.code, message: error.message, peakMegabytes: peakMegabytes() }),
  );
}
