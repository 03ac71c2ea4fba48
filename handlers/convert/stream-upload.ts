import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { checkOwned, giveBack } from "./chunk-memory.ts";
import { MultipartUpload, type Target } from "./multipart-upload.ts";

/**
 * As the AWS CLI has it, https://docs.aws.amazon.com/cli/latest/topic/s3-config.html: archives of most photos are one PUT,
 * where S3's least, five, would make four requests of them, each with its price.
 */
export const partBytes = 8 * 2 ** 20;

/**
 * Stores what `body` yields as one object and tells how many bytes that were; nothing stays in S3 when it fails. The
 * chunks are handed over: their memory is gone afterwards.
 */
export type StreamUpload = (target: Target, body: AsyncIterable<Buffer>) => Promise<number>;

/**
 * Sends streams of unknown length in parts whose memory is used again, for the next part and the next stream. With a
 * new buffer for every part, as lib-storage has it, collecting them took a third of a copy's CPU, and memory grew.
 */
export function streamUploads(s3: S3Client): StreamUpload {
  const free: Buffer[] = [];
  const take = () => free.pop() ?? Buffer.allocUnsafeSlow(partBytes);

  async function sendParts(
    upload: MultipartUpload,
    target: Target,
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
      giveBack(chunk);
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
    const upload = new MultipartUpload(s3, target);
    try {
      return await sendParts(upload, target, body);
    } catch (error) {
      if (upload.begun) await upload.abort();
      throw error;
    }
  };
}
