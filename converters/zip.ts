import { PassThrough, pipeline, Readable } from "node:stream";
import { ZipArchive } from "archiver";
import { zip } from "../contract/media-types.ts";
import { isCompressed } from "./compressibility.ts";
import type { Convert, Source } from "./converter.ts";
import { ConversionError } from "./errors.ts";
import type { ZipOptions } from "./options.ts";

/** The earliest date a zip can hold: a date of its own would make every archive of the same upload differ. */
const entryDate = new Date("1980-01-01T00:00:00Z");

/** How much of a file decides whether deflating it is worth while. */
const sampleBytes = 64 * 1024;

/**
 * What is decided on the first bytes, and the whole stream as the network cut it. The sample is of one size wherever
 * the cuts are, so that the same file is treated the same each time.
 */
async function sampled(stream: Readable): Promise<{ sample: Buffer; chunks: AsyncGenerator<Buffer> }> {
  const iterator = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let bytes = 0; bytes < sampleBytes; ) {
    const { value, done } = await iterator.next();
    if (done) break;
    first.push(value);
    bytes += value.length;
  }
  async function* chunks() {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { sample: Buffer.concat(first).subarray(0, sampleBytes), chunks: chunks() };
}

/** @throws {Error} when the source ends early or late: an archive of part of a file would pass as good. */
async function* counted(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== bytes) throw new Error(`Expected ${bytes} bytes from the source but received ${read}`);
}

/** Separators and drive letters are what an unpacker would take for a path, and archiver would cut off. */
function entryName(filename: string): string {
  return filename.replace(/[\\/:]/g, "_");
}

async function archive(source: Source, { level }: ZipOptions): Promise<Readable> {
  const stream = await source.stream();
  const { sample, chunks } = await sampled(stream);
  const store = await isCompressed(source.contentType, sample);

  const entry = Readable.from(counted(chunks, source.bytes), { objectMode: false });
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
export const convert: Convert<ZipOptions> = async function* (source, variants, isWanted = () => true) {
  if (source.bytes === 0) throw new ConversionError("empty-file", "the file has no bytes");
  for (const { name, options } of variants.filter((variant) => isWanted(variant.name))) {
    yield { variant: name, output: { type: zip, body: await archive(source, options) } };
  }
};
