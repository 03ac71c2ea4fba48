import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Credentials } from "./credentials.ts";
import {
  algorithm,
  checkScope,
  checkSignedHeaders,
  checkTime,
  findCredential,
  readClaim,
  SignatureError,
} from "./sigv4-claim.ts";

export { SignatureError } from "./sigv4-claim.ts";

/** The parts of an HTTP request that its signature covers. */
export interface SignedRequest {
  readonly method: string;
  /** The request target as received, still percent-encoded, with its query. */
  readonly url: string;
  /** `IncomingMessage.headersDistinct`. */
  readonly headers: NodeJS.Dict<string[]>;
  /**
   * SHA-256 of the body, in hexadecimal.
   *
   * @default the value of `x-amz-content-sha256`; for a presigned URL without that header, `UNSIGNED-PAYLOAD`
   */
  readonly payloadHash?: string;
}

/** The conditions under which a signature is valid. */
export interface Verification {
  /** The service and region in the credential's scope. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Pick<Credentials, "find">;
  readonly now: Date;
}

/** The principal that signed a request, and the kind of its signature. */
export interface Identity {
  readonly principalArn: string;
  readonly accessKeyId: string;
  readonly presigned: boolean;
  readonly signedAt: Date;
  readonly payloadHash: string;
}

/**
 * Verifies the AWS Signature Version 4 of a request, in its headers or in a presigned URL,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 *
 * @throws {SignatureError} for the first mistake, with AWS's code and message
 * @throws {URIError} when the target is not percent-encoded UTF-8
 */
export function verifySignature(request: SignedRequest, verification: Verification): Identity {
  const { path, query } = parseTarget(request.url);
  const claim = readClaim(request.headers, new Map(query));
  const credential = findCredential(claim, verification.credentials);
  const scope = checkScope(claim, verification);
  const signedAt = checkTime(claim, verification.now);
  checkSignedHeaders(claim, request.headers);

  const payloadHash =
    request.payloadHash ?? claim.payloadHash ?? (claim.presigned ? "UNSIGNED-PAYLOAD" : undefined);
  if (!payloadHash) {
    throw new SignatureError(
      "InvalidRequest",
      "Missing required header for this request: x-amz-content-sha256",
    );
  }
  const canonicalRequest = [
    request.method,
    encodePath(verification.service === "s3" ? decodeURIComponent(path) : path),
    canonicalQuery(query.filter(([name]) => name !== "X-Amz-Signature")),
    ...claim.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name])}`),
    "",
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
  const stringToSign = [algorithm, claim.date, scope, sha256(canonicalRequest)].join("\n");
  let key: string | Buffer = `AWS4${credential.secretAccessKey}`;
  for (const part of scope.split("/")) key = hmac(key, part);
  if (!equal(hmac(key, stringToSign).toString("hex"), claim.signature)) {
    throw new SignatureError(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { SignatureProvided: claim.signature, StringToSign: stringToSign, CanonicalRequest: canonicalRequest },
    );
  }
  const { principalArn, accessKeyId } = credential;
  return { principalArn, accessKeyId, presigned: claim.presigned, signedAt, payloadHash };
}

/** Splits a request target into its raw path and its decoded query parameters, in order. */
export function parseTarget(url: string): { path: string; query: [name: string, value: string][] } {
  const [, path = "", search = ""] = /^([^?]*)\??(.*)$/.exec(url) ?? [];
  const decode = (text: string) => decodeURIComponent(text.replaceAll("+", "%20"));
  const query = search
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [decode(name), decode(value.join("="))];
    });
  return { path, query };
}

/** Percent-encodes a path as AWS does before it signs: all but unreserved characters (RFC 3986) and slashes. */
export function encodePath(path: string): string {
  return path.split("/").map(encode).join("/");
}

function canonicalQuery(query: readonly [string, string][]): string {
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function canonicalValue(values: readonly string[] = []): string {
  return values.map((value) => value.trim().replace(/\s+/g, " ")).join(",");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
