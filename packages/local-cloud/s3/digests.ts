import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { crc32 } from "node:zlib";

/** The algorithms of S3's additional checksums, with the names that requests use. */
export const checksumAlgorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** A digest of bytes that arrive in chunks. */
export interface Digest {
  update(chunk: Uint8Array): unknown;
  /** Returns the big-endian digest. */
  digest(): Uint8Array | Promise<Uint8Array>;
}

/** The length of each digest in bytes. */
export const digestBytes = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
} as const satisfies Record<ChecksumAlgorithm, number>;

const load = createRequire(import.meta.url);

/** Returns an empty digest of `algorithm`. */
export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  switch (algorithm) {
    case "CRC32":
      return crc32Digest();
    case "CRC32C":
      return crc32cDigest();
    case "CRC64NVME":
      return crc64NvmeDigest();
    default:
      return createHash(algorithm);
  }
}

function crc32Digest(): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: () => toBytes(value),
  };
}

/** Loads its package at the first use: clients use CRC32 by default, and loading the package takes 25 to 50 ms. */
function crc32cDigest(): Digest {
  const { Crc32c } = load("@aws-crypto/crc32c") as typeof import("@aws-crypto/crc32c");
  const checksum = new Crc32c();
  return { update: (chunk) => checksum.update(chunk), digest: () => toBytes(checksum.digest()) };
}

/** Loads its package at the first use, as {@link crc32cDigest} does. */
function crc64NvmeDigest(): Digest {
  const { Crc64Nvme } = load("@aws-sdk/crc64-nvme") as typeof import("@aws-sdk/crc64-nvme");
  return new Crc64Nvme();
}

function toBytes(value: number): Buffer {
  const bytes = Buffer.alloc(digestBytes.CRC32);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
