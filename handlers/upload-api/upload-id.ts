import { randomBytes } from "node:crypto";

/**
 * Returns a UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds since the epoch, then 74 random bits.
 *
 * `crypto.randomUUIDv7` would do the same, but the Node 24 of the Lambda runtime may not have it yet.
 */
export function newUploadId(milliseconds: number, random: Buffer = randomBytes(10)): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  random.copy(bytes, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
