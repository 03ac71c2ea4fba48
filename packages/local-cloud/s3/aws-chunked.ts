import { S3Error } from "./errors.ts";

const maxLineBytes = 8 * 1024;

/**
 * Decodes a body with `Content-Encoding: aws-chunked` and without chunk signatures. At the end of the body it adds the
 * trailing headers to `trailers`, with lower-case names.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @throws {S3Error} `IncompleteBody` when the body ends early, `InvalidRequest` when a chunk is malformed
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let buffered: Buffer = Buffer.alloc(0);

  const fill = async () => {
    const next = await chunks.next();
    if (next.done) throw new S3Error("IncompleteBody");
    buffered = buffered.length === 0 ? next.value : Buffer.concat([buffered, next.value]);
  };
  const readLine = async () => {
    let end = buffered.indexOf("\r\n");
    while (end < 0) {
      if (buffered.length > maxLineBytes)
        throw new S3Error("InvalidRequest", "Chunk header or trailer too long");
      await fill();
      end = buffered.indexOf("\r\n");
    }
    const line = buffered.toString("latin1", 0, end);
    buffered = buffered.subarray(end + 2);
    return line;
  };

  try {
    for (
      let remaining = chunkSize(await readLine());
      remaining > 0;
      remaining = chunkSize(await readLine())
    ) {
      while (remaining > 0) {
        if (buffered.length === 0) await fill();
        const piece = buffered.subarray(0, remaining);
        buffered = buffered.subarray(piece.length);
        remaining -= piece.length;
        yield piece;
      }
      if ((await readLine()) !== "")
        throw new S3Error("InvalidRequest", "A chunk is longer than its header says");
    }
    for (let line = await readLine(); line !== ""; line = await readLine()) {
      const [name = "", ...value] = line.split(":");
      trailers.set(name.trim().toLowerCase(), value.join(":").trim());
    }
    for (let rest = await chunks.next(); !rest.done; rest = await chunks.next());
  } finally {
    await chunks.return?.();
  }
}

function chunkSize(header: string): number {
  const [size = ""] = header.split(";");
  if (!/^[0-9a-f]{1,12}$/i.test(size)) {
    throw new S3Error("InvalidRequest", `Expected a hexadecimal chunk size but received "${header}"`);
  }
  return Number.parseInt(size, 16);
}
