import type { Credential, Credentials } from "./credentials.ts";

const forbidden = new Set([
  "AccessDenied",
  "InvalidAccessKeyId",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** A signature that is refused. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  /** AWS's code, such as `SignatureDoesNotMatch`. */
  readonly code: string;
  /** The HTTP status: 403, or 400 for a malformed signature. */
  readonly status: number;
  /** Further XML elements of S3's answer. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: Record<string, string> = {}) {
    super(message);
    this.code = code;
    this.status = forbidden.has(code) ? 403 : 400;
    this.details = details;
  }
}

/** The data of a signature, from the Authorization header or from the query. */
export interface Claim {
  readonly presigned: boolean;
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyyMMdd'T'HHmmss'Z'`. */
  readonly date: string;
  readonly expires: string | undefined;
  /** The session token. */
  readonly token: string | undefined;
  readonly payloadHash: string | undefined;
}

export const algorithm = "AWS4-HMAC-SHA256";
const maxSkewMs = 15 * 60_000;
const maxExpiresSeconds = 7 * 24 * 3600;

/**
 * Reads the data of a request's signature, without checking them.
 *
 * @throws {SignatureError} when there is no signature, more than one, or an incomplete one
 */
export function readClaim(headers: NodeJS.Dict<string[]>, query: ReadonlyMap<string, string>): Claim {
  const authorization = headers.authorization?.[0];
  const presigned = query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature");
  if (!authorization && !presigned) throw new SignatureError("AccessDenied", "Access Denied");
  if (authorization && presigned) {
    throw new SignatureError(
      "InvalidArgument",
      "Only one auth mechanism allowed: query parameters or Authorization",
    );
  }
  const [, scheme = "", list = ""] = /^(\S+)\s+(.*)$/.exec(authorization ?? "") ?? [];
  const fields = new Map([
    ["Algorithm", scheme],
    ...[...list.matchAll(/(\w+)=([^,\s]+)/g)].map(([, name = "", value = ""]) => [name, value] as const),
  ]);
  const read = (name: string) =>
    presigned
      ? query.get(`X-Amz-${name}`)
      : (fields.get(name) ?? headers[`x-amz-${name.toLowerCase()}`]?.[0]);
  const [given, credential, signedHeaders, signature, date] = [
    "Algorithm",
    "Credential",
    "SignedHeaders",
    "Signature",
    "Date",
  ].map(read);
  if (given !== algorithm) {
    throw new SignatureError(
      "InvalidRequest",
      `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
    );
  }
  if (!credential || !signedHeaders || !signature || !date) {
    throw malformed(presigned, "Credential, SignedHeaders, Signature and X-Amz-Date are required");
  }
  return {
    presigned,
    credential,
    signedHeaders: signedHeaders.split(";"),
    signature,
    date,
    expires: read("Expires"),
    token: read("Security-Token"),
    payloadHash: read("Content-Sha256"),
  };
}

/**
 * Returns the keys with which a request was signed.
 *
 * @throws {SignatureError} for unknown keys or a wrong session token
 */
export function findCredential(
  { credential, token }: Claim,
  credentials: Pick<Credentials, "find">,
): Credential {
  const accessKeyId = credential.split("/")[0] ?? "";
  const found = credentials.find(accessKeyId);
  if (!found || (found.sessionToken && !token)) {
    throw new SignatureError(
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      { AWSAccessKeyId: accessKeyId },
    );
  }
  if (token !== found.sessionToken) {
    throw new SignatureError("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  return found;
}

/**
 * Returns the scope of a signature: `day/region/service/aws4_request`.
 *
 * @throws {SignatureError} when the scope is malformed, or is that of another day, region or service
 */
export function checkScope(
  { credential, date, presigned }: Claim,
  { service, region }: { readonly service: string; readonly region: string },
): string {
  const [, day, givenRegion, givenService, terminator, ...rest] = credential.split("/");
  if (terminator !== "aws4_request" || rest.length > 0) {
    throw malformed(
      presigned,
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (givenRegion !== region) {
    throw malformed(presigned, `the region '${givenRegion}' is wrong; expecting '${region}'`);
  }
  if (givenService !== service) {
    throw malformed(presigned, `incorrect service "${givenService}". This endpoint belongs to "${service}".`);
  }
  if (day !== date.slice(0, 8))
    throw malformed(presigned, "Invalid credential date. Date is not the same as X-Amz-Date.");
  return [day, region, service, terminator].join("/");
}

/**
 * Returns the time at which a request was signed.
 *
 * @throws {SignatureError} when the signature is expired or not valid yet
 */
export function checkTime({ presigned, date, expires }: Claim, now: Date): Date {
  const signedAt = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt))
    throw malformed(presigned, `X-Amz-Date must be yyyyMMdd'T'HHmmss'Z', but is "${date}"`);
  const server = { ServerTime: now.toISOString() };
  if (!presigned) {
    if (Math.abs(now.getTime() - signedAt) <= maxSkewMs) return new Date(signedAt);
    throw new SignatureError(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      { RequestTime: date, ...server },
    );
  }
  const seconds = Number(expires);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxExpiresSeconds) {
    throw malformed(
      presigned,
      `X-Amz-Expires must be a number of seconds from 0 to ${maxExpiresSeconds}, but is "${expires}"`,
    );
  }
  const end = new Date(signedAt + seconds * 1000);
  if (signedAt - now.getTime() > maxSkewMs)
    throw new SignatureError("AccessDenied", "Request is not valid yet", server);
  if (now > end)
    throw new SignatureError("AccessDenied", "Request has expired", {
      Expires: end.toISOString(),
      ...server,
    });
  return new Date(signedAt);
}

/**
 * Checks that `host` and every `x-amz-*` header is signed. Otherwise, a client with a presigned URL could add options to
 * the request.
 *
 * @throws {SignatureError} naming the headers that are not signed
 */
export function checkSignedHeaders({ signedHeaders }: Claim, headers: NodeJS.Dict<string[]>): void {
  const unsigned = Object.keys(headers)
    .filter((name) => name === "host" || name.startsWith("x-amz-"))
    .filter((name) => !signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  throw new SignatureError(
    "AccessDenied",
    "There were headers present in the request which were not signed",
    { HeadersNotSigned: unsigned.join(", ") },
  );
}

function malformed(presigned: boolean, message: string): SignatureError {
  return presigned
    ? new SignatureError("AuthorizationQueryParametersError", message)
    : new SignatureError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${message}`);
}
