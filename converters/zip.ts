import { PassThrough, pipeline, Readable } from "node:stream";
import { ZipArchive } from "archiver";
import { isCompressed } from "./compressibility.ts";
import type { Convert, Source } from "./converter.ts";
import { ConversionError } from "./errors.ts";
import { zip } from "./media-types.ts";
import type { ZipOptions } from "./registry.ts";

/** The earliest date a zip can hold: a date of its own would make every archive of the same upload differ. */
const entryDate = new Date("1980-01-01T00:00:00Z");

const blockBytes = 64 * 1024;

/**
 * The source in blocks of one size, however the network cut it: what is decided on the first is then the
 * same each time.
 *
 * @throws {Error} when the source ends early or late: an archive of part of a file would pass as good.
 */
async function* blocksOf(stream: Readable, bytes: number): AsyncGenerator<Buffer, undefined> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let read = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    read += chunk.length;
    pending.push(chunk);
    pendingBytes += chunk.length;
    if (pendingBytes < blockBytes) continue;
    const joined = Buffer.concat(pending);
    const whole = joined.length - (joined.length % blockBytes);
    for (let start = 0; start < whole; start += blockBytes) {
      yield joined.subarray(start, start + blockBytes);
    }
    pending = [joined.subarray(whole)];
    pendingBytes = joined.length - whole;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
  if (read !== bytes) throw new Error(`Expected ${bytes} bytes from the source but received ${read}`);
}

async function* chain(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Separators and drive letters are what an unpacker would take for a path, and archiver would cut off. */
function entryName(filename: string): string {
  return filename.replace(/[\\/:]/g, "_");
}

async function archive(source: Source, { level }: ZipOptions): Promise<Readable> {
  const stream = await source.stream();
  const blocks = blocksOf(stream, source.bytes);
  const first = await blocks.next();
  const head = first.value ?? Buffer.alloc(0);
  const store = await isCompressed(source.contentType, head);

  const entry = Readable.from(chain(head, blocks), { objectMode: false });
  const zipped = new ZipArchive({ zlib: { level } });
  const body = new PassThrough();
  // archiver would wait for ever for an entry that fails.
  entry.once("error", (error) => zipped.destroy(error));
  pipeline(zipped, body, () => {
    entry.destroy();
    stream.destroy();
  });
  zipped.append(entry, { name: entryName(source.filename), date: entryDate, store });
  zipped.finalize().catch((error: Error) => zipped.destroy(error));
  return body;
}

/**
 * Yields a zip of the one file per variant, as a stream: memory does not grow with the file. An error of
 * the source destroys the stream. The same file under the same options gives the same bytes.
 */
export const convert: Convert<ZipOptions> = async function* (source, variants) {
  if (source.bytes === 0) throw new ConversionError("empty-file", "the file has no bytes");
  for (const { name, options } of variants) {
    yield { variant: name, output: { type: zip, body: await archive(source, options) } };
  }
};
