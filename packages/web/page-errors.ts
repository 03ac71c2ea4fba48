import { bytesText } from "@henkan/client/text";

/** An error whose message is a sentence for the people who use the page. */
export class PageError extends Error {
  override readonly name = "PageError";
  /** The API's code, or one of the page's own: `offline`, `unreachable`, `signed-out`, `expired`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Returns the error of a request without an answer. */
export function unreachable(service: string): PageError {
  return navigator.onLine
    ? new PageError("unreachable", `The ${service} cannot be reached. Check your connection, then try again.`)
    : new PageError("offline", "You are offline. Try again once you are connected.");
}

interface ProblemDetails {
  readonly code?: string;
  readonly detail?: string;
}

/** Returns the error for a refusal of the API, which answers with the problem details of RFC 9457. */
export async function refused(
  response: Response,
  { maxUploadBytes }: { maxUploadBytes: number },
): Promise<PageError> {
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  const { code = `http-${response.status}`, detail }: ProblemDetails = isProblem ? await response.json() : {};
  const known: Readonly<Record<number, string>> = {
    401: signedOut().message,
    403: "You do not have permission to upload here. Ask the operator of this page for access.",
    404: "This upload has been deleted.",
    413: tooLarge(maxUploadBytes),
    415: `This page cannot convert files of this type.${detail ? ` ${detail}.` : ""}`,
    429: "Too many uploads at the moment. Try again in a minute.",
    503: "Too many uploads at the moment. Try again in a minute.",
  };
  const fallback =
    response.status >= 500
      ? "The upload service failed. Try again in a minute."
      : `The upload was refused${detail ? `: ${detail}` : ""}.`;
  const ownWords = code === "empty-file" ? "The file is empty." : known[response.status];
  return new PageError(response.status === 401 ? "signed-out" : code, ownWords ?? fallback);
}

/** Returns the error for a file that S3 did not store. `error.status` is the status of its answer. */
export function notStored(error: Error): PageError {
  if (error instanceof PageError) return error;
  const status = "status" in error && typeof error.status === "number" ? error.status : 0;
  if (status === 0) return unreachable("storage");
  if (status === 403 || status === 404) return expired();
  if (status >= 500) return new PageError("storage", "The storage is busy. Try again in a minute.");
  return new PageError("storage", "The storage refused the file. Try again.");
}

/** Returns the message for a file above the stage's limit. */
export function tooLarge(maxUploadBytes: number): string {
  return `The file is too large. At most ${bytesText(maxUploadBytes, Math.floor)} can be uploaded.`;
}

/** Returns the error of a sign-in that has expired. */
export function signedOut(): PageError {
  return new PageError("signed-out", "Your sign-in has expired. Sign in again, then add the file once more.");
}

/** Returns the error of a presigned URL that has expired. */
export function expired(): PageError {
  return new PageError(
    "expired",
    "The link for the upload expired before the upload was complete. Try again.",
  );
}

/** Sentences by the error names of `getUserMedia`, https://developer.mozilla.org/docs/Web/API/MediaDevices/getUserMedia */
const cameraMessages: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The browser does not allow this page to use it. Allow it in the browser's settings for this page, then try again.",
  NotReadableError: "It does not respond. Close other programs that use it, then try again.",
};

/** Explains why the camera cannot be used, and what to do. */
export function cameraMessage({ name }: Error): string {
  return cameraMessages[name] ?? "Choose a picture from your files instead.";
}

const conversionMessages: Readonly<Record<string, string>> = {
  "empty-file": "The file is empty.",
  "unsupported-format": "The contents are not of a type that can be converted.",
  "corrupt-input": "The file is damaged or incomplete.",
  "too-many-pixels": "The picture has more pixels than can be converted.",
  "too-large": "The file is too large to be converted.",
  "type-mismatch": "The contents do not have the type that the file's name promises.",
};

/** Explains why a variant could not be made. */
export function conversionMessage({ code, message }: { code: string; message: string }): string {
  return conversionMessages[code] ?? `${message.replace(/\.?$/, "")}.`;
}
