import { createHash } from "node:crypto";
import { releaseMemory } from "../release-memory.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import type { S3Call } from "./call.ts";
import { type Checksum, checksumHeader } from "./checksums.ts";
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  createDigest,
  type Digest,
  digestBytes,
} from "./digests.ts";
import { S3Error } from "./errors.ts";

/** The size of the largest single PUT or part, https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. */
const maxPutBytes = 5 * 1024 ** 3;
/** A CompleteMultipartUpload of 10,000 parts with checksums is smaller. */
const maxXmlBytes = 8 * 1024 ** 2;
const unsigned = "UNSIGNED-PAYLOAD";
const chunkedUnsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/** The verified body of a request. */
export interface Payload {
  /**
   * The decoded body. Each chunk is valid until the next one is requested: its memory is reused.
   *
   * @throws {S3Error} at the end of the body, when its length or one of its digests differs from the request's headers
   */
  readonly body: AsyncIterable<Buffer>;
  /** Returns the verified or computed checksum, when the whole body was read. */
  checksum(): Checksum | undefined;
}

/** A digest that the body must have. `expected` is called at the end of the body, because it may come in a trailer. */
interface Claim {
  readonly digest: Digest;
  readonly encoding: "hex" | "base64";
  readonly expected: (actual: string) => string | undefined;
  readonly refusal: S3Error;
}

/**
 * Returns the body of a request, which is checked against the request's headers while it is read: its length,
 * `x-amz-content-sha256`, `Content-MD5`, and `x-amz-checksum-*` as a header or a trailer. The checksum `algorithm` is
 * computed even when the request has none.
 *
 * @throws {S3Error} when a header is missing, malformed or not supported
 */
export function receivePayload(call: S3Call, algorithm?: ChecksumAlgorithm): Payload {
  const chunked = call.identity.payloadHash === chunkedUnsigned;
  const expectedBytes = declaredLength(call, chunked);
  const trailers = new Map<string, string>();
  const declared = declaredChecksum(call, algorithm);
  const claims = [sha256Claim(call.identity.payloadHash), md5Claim(call.header("content-md5"))];
  let checksum: Checksum | undefined;
  if (declared) {
    const header = checksumHeader(declared.algorithm);
    claims.push({
      digest: createDigest(declared.algorithm),
      encoding: "base64",
      expected: (value) => {
        checksum = { algorithm: declared.algorithm, type: "FULL_OBJECT", value };
        return declared.trailing ? trailers.get(header) : (declared.value ?? value);
      },
      refusal: new S3Error(
        "BadDigest",
        `The ${declared.algorithm} you specified did not match the calculated checksum.`,
      ),
    });
  }

  async function* verified(): AsyncGenerator<Buffer> {
    let bytes = 0;
    const raw = call.body();
    for await (const chunk of chunked ? decodeAwsChunked(raw, trailers) : raw) {
      bytes += chunk.length;
      if (bytes > expectedBytes) break;
      for (const claim of claims) claim?.digest.update(chunk);
      yield chunk;
      releaseMemory(chunk);
    }
    if (bytes !== expectedBytes) throw new S3Error("IncompleteBody");
    for (const claim of claims) {
      if (!claim) continue;
      const actual = Buffer.from(await claim.digest.digest()).toString(claim.encoding);
      if (claim.expected(actual) !== actual) throw claim.refusal;
    }
  }
  return { body: verified(), checksum: () => checksum };
}

/**
 * Reads a small XML body, which is checked in the same way.
 *
 * @throws {S3Error} `MalformedXML` when it is larger than 8 MiB, and the errors of {@link receivePayload}
 */
export async function receiveText(call: S3Call): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of receivePayload(call).body) {
    bytes += chunk.length;
    if (bytes > maxXmlBytes)
      throw new S3Error("MalformedXML", `The document is larger than ${maxXmlBytes} bytes`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Returns the checksum in the headers of a request, not verified; undefined when there is none.
 *
 * @throws {S3Error} `InvalidRequest` when there are several
 */
export function claimedChecksum(call: S3Call): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const [claim, another] = checksumAlgorithms.flatMap((algorithm) => {
    const value = call.header(checksumHeader(algorithm));
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (!another) return claim;
  throw new S3Error(
    "InvalidRequest",
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
  );
}

function declaredChecksum(
  call: S3Call,
  required?: ChecksumAlgorithm,
): { algorithm: ChecksumAlgorithm; value?: string; trailing?: boolean } | undefined {
  const trailer = call.header("x-amz-trailer")?.toLowerCase();
  const trailing = checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === trailer);
  const claimed = claimedChecksum(call);
  const declared = claimed ?? (trailing && { algorithm: trailing, trailing: true });
  if (trailer && !trailing) {
    throw new S3Error(
      "InvalidRequest",
      `The value specified in the x-amz-trailer header is not supported: ${trailer}`,
    );
  }
  if (claimed && Buffer.from(claimed.value, "base64").length !== digestBytes[claimed.algorithm]) {
    throw new S3Error("InvalidRequest", `Value for ${checksumHeader(claimed.algorithm)} header is invalid.`);
  }
  if (!declared && call.header("x-amz-sdk-checksum-algorithm")) {
    throw new S3Error(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (required && declared && declared.algorithm !== required) {
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${required}, actual checksum Type: ${declared.algorithm}`,
    );
  }
  return declared ?? (required && { algorithm: required });
}

function declaredLength(call: S3Call, chunked: boolean): number {
  const bytes = Number(
    call.header(chunked ? "x-amz-decoded-content-length" : "content-length") ?? Number.NaN,
  );
  if (!Number.isSafeInteger(bytes)) throw new S3Error("MissingContentLength");
  if (bytes <= maxPutBytes) return bytes;
  throw new S3Error("EntityTooLarge", undefined, {
    ProposedSize: String(bytes),
    MaxSizeAllowed: String(maxPutBytes),
  });
}

function sha256Claim(payloadHash: string): Claim | undefined {
  if (payloadHash === unsigned || payloadHash === chunkedUnsigned) return undefined;
  if (payloadHash.startsWith("STREAMING-")) {
    throw new S3Error(
      "NotImplemented",
      `x-amz-content-sha256 must be ${chunkedUnsigned}, ${unsigned} or the SHA-256 of the body in the local S3, not ${payloadHash}`,
    );
  }
  const refusal = new S3Error("XAmzContentSHA256Mismatch", undefined, {
    ClientComputedContentSHA256: payloadHash,
  });
  return { digest: createHash("sha256"), encoding: "hex", expected: () => payloadHash, refusal };
}

function md5Claim(header: string | undefined): Claim | undefined {
  if (header === undefined) return undefined;
  if (Buffer.from(header, "base64").length !== 16) throw new S3Error("InvalidDigest");
  const refusal = new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  return { digest: createHash("md5"), encoding: "base64", expected: () => header, refusal };
}
