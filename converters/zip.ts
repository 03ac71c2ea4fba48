import { PassThrough, pipeline, Readable } from "node:stream";
import { ZipArchive } from "archiver";
import { zip } from "../contract/media-types.ts";
import { isCompressed } from "./compressibility.ts";
import type { Convert, Source } from "./converter.ts";
import { ConversionError } from "./errors.ts";

/** The options of an archive. */
export interface ZipOptions {
  /** The level of deflate, 1 (fast) to 9 (small). */
  readonly level: number;
}

/** The earliest date that a zip can have. With the current date, archives of the same upload would differ. */
const entryDate = new Date("1980-01-01T00:00:00Z");

/** The size of the sample that decides whether to deflate a file. */
const sampleBytes = 64 * 1024;

/**
 * Returns the first bytes of a stream, and chunks of the whole stream. The sample's size does not depend on how the
 * network cuts the stream, so the same file gives the same archive each time.
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

/** @throws {Error} when the source is shorter or longer than `bytes`: an archive of part of a file would look sound */
async function* counted(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== bytes) throw new Error(`Expected ${bytes} bytes from the source but received ${read}`);
}

/** Replaces separators and colons, which an unpacker would treat as a path, and which archiver would cut off. */
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
  // archiver itself never ends when an entry fails.
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
 * Yields a zip of the file per variant, as a stream, so memory does not grow with the file. An error of the source
 * destroys the stream. The same file with the same options gives the same bytes.
 */
export const convert: Convert<ZipOptions> = async function* (source, variants, isWanted = () => true) {
  if (source.bytes === 0) throw new ConversionError("empty-file", "the file has no bytes");
  for (const { name, options } of variants.filter((variant) => isWanted(variant.name))) {
    yield { variant: name, output: { type: zip, body: await archive(source, options) } };
  }
};
