export interface RequestErrorOptions extends ErrorOptions {
  /**
   * True when the same request may succeed a moment later.
   *
   * @default false
   */
  readonly isTransient?: boolean;
}

/** A refusal of the API, S3 or the CDN, or a request that could not be made. The message is a sentence for people. */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  /** A stable code for scripts: the API's, S3's or the client's own, such as `network-error`. */
  readonly code: string;
  /** Lets programs print the message without the stack. */
  readonly printWithoutStack = true;
  /** True when the same request may succeed a moment later. */
  readonly isTransient: boolean;

  constructor(code: string, message: string, { isTransient = false, ...options }: RequestErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.isTransient = isTransient;
  }
}

/** An API that cannot be reached or refuses the caller. Every other request to it would fail as well. */
export class ApiAccessError extends RequestError {
  override readonly name = "ApiAccessError";
}

/** Returns true for throttling and for failures of the server or of a proxy in front of it. */
export function isTransientStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/** The errors below 500 that clients of S3 should retry, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. */
const transientS3Codes = new Set(["RequestTimeout", "ConditionalRequestConflict", "OperationAborted"]);

/** Returns S3's error document as an error, for example `AccessDenied` with the message `Request has expired`. */
export function s3ErrorOf(status: number, xml: string): RequestError {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  const code = element("Code") ?? `http-${status}`;
  const isTransient = isTransientStatus(status) || transientS3Codes.has(code);
  return new RequestError(code, element("Message") ?? `S3 answered ${status}`, { isTransient });
}

/** Returns true when the presigned URLs had expired, or the credentials that signed them. A new upload is then needed. */
export function hasExpired(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  const { code, message } = error;
  return (
    code === "expired" || code === "ExpiredToken" || (code === "AccessDenied" && /expired/i.test(message))
  );
}
