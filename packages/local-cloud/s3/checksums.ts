import { type ChecksumAlgorithm, createDigest } from "./digests.ts";

/** A checksum of all bytes (`FULL_OBJECT`), or of the checksums of the parts (`COMPOSITE`). */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** The checksum that S3 stores with an object or part. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64 of the big-endian digest; a composite checksum ends in `-` and the number of parts. */
  readonly value: string;
}

interface Crc {
  readonly width: 32 | 64;
  /** In reversed (least significant bit first) notation. */
  readonly polynomial: bigint;
}

/**
 * The parameters of ISO-HDLC, ISCSI and NVME, https://reveng.sourceforge.io/crc-catalogue/all.htm. All three invert the
 * initial and the final value.
 */
const crcs: Partial<Record<ChecksumAlgorithm, Crc>> = {
  CRC32: { width: 32, polynomial: 0xedb88320n },
  CRC32C: { width: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
};

/** Returns the header of a checksum: `x-amz-checksum-crc32` and so on. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Returns the element of a checksum in S3's XML: `ChecksumCRC32` and so on. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/**
 * Returns the digest of the concatenated digests of `parts` (each in base64). It is the default checksum of a multipart
 * object.
 */
export async function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly string[],
): Promise<Checksum> {
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, "base64"));
  const value = Buffer.from(await digest.digest()).toString("base64");
  return { algorithm, type: "COMPOSITE", value: `${value}-${parts.length}` };
}

/**
 * Returns the checksum types that a multipart object may have,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html.
 */
export function checksumTypes(algorithm: ChecksumAlgorithm): readonly ChecksumType[] {
  if (algorithm === "CRC64NVME") return ["FULL_OBJECT"];
  return crcs[algorithm] ? ["FULL_OBJECT", "COMPOSITE"] : ["COMPOSITE"];
}

/**
 * Returns the checksum of the concatenated parts, computed from their checksums alone: a CRC is linear.
 *
 * @throws {TypeError} for an algorithm that is not a CRC
 */
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
  const digest = Buffer.from(combined.toString(16).padStart(crc.width / 4, "0"), "hex");
  return { algorithm, type: "FULL_OBJECT", value: digest.toString("base64") };
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

/** Returns `value` times x^(8·bytes), by repeated squaring. */
function appendZeros(value: bigint, bytes: number, crc: Crc): bigint {
  let [result, power] = [value, 1n << BigInt(crc.width - 9)];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, power, crc);
    power = multiply(power, power, crc);
  }
  return result;
}
