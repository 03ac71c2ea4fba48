import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export const checksumAlgorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64 of the big-endian digest; composite ones end in `-` and the number of parts. */
  readonly value: string;
}

export interface Digest {
  update(chunk: Uint8Array): unknown;
  digest(): Buffer;
}

interface Crc {
  readonly width: 32 | 64;
  /** In reversed (least significant bit first) notation. */
  readonly polynomial: bigint;
}

/** https://reveng.sourceforge.io/crc-catalogue/all.htm: ISO-HDLC, ISCSI and NVME, all with inverted start and end. */
const crcs: Partial<Record<ChecksumAlgorithm, Crc>> = {
  CRC32: { width: 32, polynomial: 0xedb88320n },
  CRC32C: { width: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
};

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** What S3's XML calls a checksum: `ChecksumCRC32` and so on. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  const crc = crcs[algorithm];
  if (!crc) return createHash(algorithm);
  return algorithm === "CRC32" ? crc32Digest() : tableDigest(crc);
}

function crc32Digest(): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: () => toBytes(BigInt(value), 32),
  };
}

/** One byte at a time through a table, in two 32-bit halves: BigInt would be a hundred times slower. */
function tableDigest(crc: Crc): Digest {
  const [lowTable, highTable] = [new Uint32Array(256), new Uint32Array(256)];
  for (let byte = 0; byte < 256; byte += 1) {
    let entry = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) entry = timesX(entry, crc);
    lowTable[byte] = Number(entry & 0xffffffffn);
    highTable[byte] = Number(entry >> 32n);
  }
  let [low, high] = [0xffffffff, crc.width === 64 ? 0xffffffff : 0];
  return {
    update: (chunk) => {
      for (const byte of chunk) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] ?? 0);
        high = (high >>> 8) ^ (highTable[index] ?? 0);
      }
    },
    digest: () => {
      const value = (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
      return toBytes(BigInt.asUintN(crc.width, value), crc.width);
    },
  };
}

/** The digest of digests that a multipart object carries by default. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Checksum {
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, "base64"));
  return { algorithm, type: "COMPOSITE", value: `${digest.digest().toString("base64")}-${parts.length}` };
}

/** Ways a multipart object may be summed, .../userguide/checking-object-integrity-upload.html. */
export function checksumTypes(algorithm: ChecksumAlgorithm): readonly ChecksumType[] {
  if (algorithm === "CRC64NVME") return ["FULL_OBJECT"];
  return crcs[algorithm] ? ["FULL_OBJECT", "COMPOSITE"] : ["COMPOSITE"];
}

/** The checksum of the concatenated parts, from those of the parts alone: a CRC is linear. */
export function fullObjectChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly { readonly value: string; readonly bytes: number }[],
): Checksum {
  const crc = crcs[algorithm];
  if (!crc) throw new TypeError(`A full-object checksum cannot be made of ${algorithm} parts, only of CRCs`);
  const combined = parts.reduce(
    (before, { value, bytes }) =>
      appendZeros(before, bytes, crc) ^ BigInt(`0x${Buffer.from(value, "base64").toString("hex")}`),
    0n,
  );
  return { algorithm, type: "FULL_OBJECT", value: toBytes(combined, crc.width).toString("base64") };
}

function timesX(value: bigint, { polynomial }: Crc): bigint {
  return value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
}

function multiply(a: bigint, b: bigint, crc: Crc): bigint {
  let [product, multiple] = [0n, b];
  for (let bit = 1n << BigInt(crc.width - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= multiple;
    multiple = timesX(multiple, crc);
  }
  return product;
}

/** `value` times x^(8·bytes), by repeated squaring. */
function appendZeros(value: bigint, bytes: number, crc: Crc): bigint {
  let [result, power] = [value, 1n << BigInt(crc.width - 9)];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, power, crc);
    power = multiply(power, power, crc);
  }
  return result;
}

function toBytes(value: bigint, width: Crc["width"]): Buffer {
  return Buffer.from(value.toString(16).padStart(width / 4, "0"), "hex");
}
