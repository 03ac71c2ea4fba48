import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { checkOwned, releaseChunk } from "./chunk-memory.ts";
import { MultipartWriter, type NewObject } from "./multipart-writer.ts";

/**
 * The size of a part: 8 MiB, as in the AWS CLI, https://docs.aws.amazon.com/cli/latest/topic/s3-config.html. The archive of
 * most photos then fits in one PUT. With 5 MiB, the least that S3 allows, it would often take four paid requests.
 */
export const partBytes = 8 * 2 ** 20;

/**
 * Stores the chunks of `body` as one object and returns its size in bytes. When it fails, nothing stays in S3. It releases
 * the memory of each chunk.
 */
export type StreamUpload = (target: NewObject, body: AsyncIterable<Buffer>) => Promise<number>;

/**
 * Sends streams of unknown length in parts, and uses the buffers of the parts again for later parts and streams. With a new
 * buffer for each part, as in lib-storage, garbage collection took a third of a copy's CPU, and memory grew (measured).
 */
export function streamUploads(s3: S3Client): StreamUpload {
  const free: Buffer[] = [];
  const take = () => free.pop() ?? Buffer.allocUnsafeSlow(partBytes);

  async function sendParts(
    upload: MultipartWriter,
    target: NewObject,
    body: AsyncIterable<Buffer>,
  ): Promise<number> {
    let [part, filled, bytes] = [take(), 0, 0];
    const send = async (full: Buffer) => upload.send(full.subarray(0, filled), () => free.push(full));
    for await (const chunk of body) {
      checkOwned(chunk);
      for (let copied = 0; copied < chunk.length; ) {
        if (filled === partBytes) {
          await send(part);
          [part, filled] = [take(), 0];
        }
        const count = chunk.copy(part, filled, copied);
        copied += count;
        filled += count;
      }
      bytes += chunk.length;
      releaseChunk(chunk);
    }
    if (upload.begun) {
      await send(part);
      await upload.complete();
    } else {
      const Body = part.subarray(0, filled);
      await s3.send(new PutObjectCommand({ ...target, Body, ContentLength: filled }));
      free.push(part);
    }
    return bytes;
  }

  return async (target, body) => {
    const upload = new MultipartWriter(s3, target);
    try {
      return await sendParts(upload, target, body);
    } catch (error) {
      if (upload.begun) await upload.abort();
      throw error;
    }
  };
}
