import { createHash } from "node:crypto";
import { decodeAwsChunked } from "./aws-chunked.ts";
import type { Call } from "./call.ts";
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  createDigest,
  type Digest,
} from "./checksums.ts";
import { S3Error } from "./errors.ts";

/** Largest single PUT or part, https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. */
export const maxPutBytes = 5 * 1024 ** 3;
/** A CompleteMultipartUpload of 10 000 parts with checksums stays under this. */
const maxXmlBytes = 8 * 1024 ** 2;

export interface Payload {
  /** The decoded body; throws at its end when it is not what the request said it would be. */
  readonly body: AsyncIterable<Buffer>;
  /** The verified or computed checksum, once the body has been read. */
  checksum(): Checksum | undefined;
}

interface Expectation {
  readonly digest: Digest;
  verify(actual: Buffer): void;
}

/**
 * Everything a request claims of its body: length, `x-amz-content-sha256`, `Content-MD5`, and an `x-amz-checksum-*`
 * header or trailer. `algorithm` is computed even when the request claims none.
 */
export function receivePayload(call: Call, algorithm?: ChecksumAlgorithm): Payload {
  const { payloadHash } = call.identity;
  const chunked = payloadHash === "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  const expectedBytes = declaredLength(call, chunked);
  const trailers = new Map<string, string>();
  const declared = declaredChecksum(call, algorithm);
  const expectations = [sha256Expectation(payloadHash), md5Expectation(call.header("content-md5"))].filter(
    (expectation) => expectation !== undefined,
  );
  let checksum: Checksum | undefined;

  async function* verified(): AsyncGenerator<Buffer> {
    const raw = call.body();
    const digest = declared && createDigest(declared.algorithm);
    let bytes = 0;
    for await (const chunk of chunked ? decodeAwsChunked(raw, trailers) : raw) {
      bytes += chunk.length;
      if (bytes > expectedBytes) throw new S3Error("IncompleteBody");
      digest?.update(chunk);
      for (const expectation of expectations) expectation.digest.update(chunk);
      yield chunk;
    }
    if (bytes < expectedBytes) throw new S3Error("IncompleteBody");
    for (const expectation of expectations) expectation.verify(expectation.digest.digest());
    if (!declared || !digest) return;
    const value = digest.digest().toString("base64");
    const claimed =
      declared.value ?? (declared.trailing ? trailers.get(checksumHeader(declared.algorithm)) : value);
    if (claimed !== value) {
      throw new S3Error(
        "BadDigest",
        `The ${declared.algorithm} you specified did not match the calculated checksum.`,
      );
    }
    checksum = { algorithm: declared.algorithm, type: "FULL_OBJECT", value };
  }

  return { body: verified(), checksum: () => checksum };
}

/** A small XML body, held to the same claims. */
export async function receiveText(call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of receivePayload(call).body) {
    bytes += chunk.length;
    if (bytes > maxXmlBytes)
      throw new S3Error("MalformedXML", `The document is larger than ${maxXmlBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The checksum a request carries in headers, or undefined. */
export function claimedChecksum(call: Call): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const claims = checksumAlgorithms.flatMap((algorithm) => {
    const value = call.header(checksumHeader(algorithm));
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (claims.length > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  return claims[0];
}

function declaredChecksum(
  call: Call,
  required?: ChecksumAlgorithm,
): { algorithm: ChecksumAlgorithm; value?: string; trailing?: boolean } | undefined {
  const trailer = call.header("x-amz-trailer")?.toLowerCase();
  const trailing = checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === trailer);
  if (trailer && !trailing) {
    throw new S3Error(
      "InvalidRequest",
      `The value specified in the x-amz-trailer header is not supported: ${trailer}`,
    );
  }
  const claimed = claimedChecksum(call);
  if (
    claimed &&
    Buffer.from(claimed.value, "base64").length !== createDigest(claimed.algorithm).digest().length
  ) {
    throw new S3Error("InvalidRequest", `Value for ${checksumHeader(claimed.algorithm)} header is invalid.`);
  }
  const declared = claimed ?? (trailing && { algorithm: trailing, trailing: true });
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

function declaredLength(call: Call, chunked: boolean): number {
  const header = call.header(chunked ? "x-amz-decoded-content-length" : "content-length");
  if (header === undefined) throw new S3Error("MissingContentLength");
  const bytes = Number(header);
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    throw new S3Error("InvalidArgument", `Invalid length "${header}"`);
  if (bytes > maxPutBytes) {
    throw new S3Error("EntityTooLarge", undefined, {
      ProposedSize: String(bytes),
      MaxSizeAllowed: String(maxPutBytes),
    });
  }
  return bytes;
}

function sha256Expectation(payloadHash: string): Expectation | undefined {
  if (payloadHash === "UNSIGNED-PAYLOAD" || payloadHash === "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    return undefined;
  if (payloadHash.startsWith("STREAMING-")) {
    throw new S3Error(
      "NotImplemented",
      `x-amz-content-sha256 ${payloadHash} is not implemented here; use STREAMING-UNSIGNED-PAYLOAD-TRAILER, UNSIGNED-PAYLOAD or the body's SHA-256`,
    );
  }
  return {
    digest: createHash("sha256"),
    verify(actual) {
      const computed = actual.toString("hex");
      if (computed === payloadHash) return;
      throw new S3Error("XAmzContentSHA256Mismatch", undefined, {
        ClientComputedContentSHA256: payloadHash,
        S3ComputedContentSHA256: computed,
      });
    },
  };
}

function md5Expectation(header: string | undefined): Expectation | undefined {
  if (header === undefined) return undefined;
  const expected = Buffer.from(header, "base64");
  if (expected.length !== 16) throw new S3Error("InvalidDigest");
  return {
    digest: createHash("md5"),
    verify(actual) {
      if (actual.equals(expected)) return;
      throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
    },
  };
}
