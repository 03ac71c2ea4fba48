export interface RequestErrorOptions extends ErrorOptions {
  readonly isTransient?: boolean;
}

/** A request that the API, S3 or the CDN refused, or one that could not be made: a stable code and a sentence. */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  readonly code: string;
  /** The message is enough; programs need not print the stack. */
  readonly printWithoutStack = true;
  /** Whether the same request may succeed a moment later. */
  readonly isTransient: boolean;

  constructor(code: string, message: string, { isTransient = false, ...options }: RequestErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.isTransient = isTransient;
  }
}

/** An API that cannot be reached or does not let the caller in: no other request would fare better. */
export class ApiAccessError extends RequestError {
  override readonly name = "ApiAccessError";
}

/** Throttling, and failures of the server or of what stands before it. */
export function isTransientStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/** Refusals below 500 that S3 asks to repeat, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. */
const transientS3Codes = new Set(["RequestTimeout", "ConditionalRequestConflict", "OperationAborted"]);

/** S3's error document as an error, for example `AccessDenied: Request has expired`. */
export function s3ErrorOf(status: number, xml: string): RequestError {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  const code = element("Code") ?? `http-${status}`;
  const isTransient = isTransientStatus(status) || transientS3Codes.has(code);
  return new RequestError(code, element("Message") ?? `S3 answered ${status}`, { isTransient });
}

/** Whether presigned URLs came too late, or outlived the credentials that signed them. */
export function hasExpired(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  const { code, message } = error;
  return (
    code === "expired" || code === "ExpiredToken" || (code === "AccessDenied" && /expired/i.test(message))
  );
}
