import { bytesText } from "@henkan/client/text";

/** A failure told in a sentence for whoever uses the page. */
export class PageProblem extends Error {
  override readonly name = "PageProblem";
  /** The API's code, or one of the page's own: `offline`, `unreachable`, `signed-out`, `expired`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a request got no answer at all. */
export function unreachable(service: string): PageProblem {
  return navigator.onLine
    ? new PageProblem(
        "unreachable",
        `The ${service} cannot be reached. Check your connection, then try again.`,
      )
    : new PageProblem("offline", "You are offline. Try again once you are connected.");
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

/** What the API refused (RFC 9457 problem details), as the page tells it. */
export async function refused(
  response: Response,
  { maxUploadBytes }: { maxUploadBytes: number },
): Promise<PageProblem> {
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  const { code = `http-${response.status}`, detail }: Problem = isProblem ? await response.json() : {};
  const known: Readonly<Record<number, string>> = {
    401: signedOut().message,
    403: "You may not upload here. Ask whoever runs this page for access.",
    404: "This upload is no longer kept.",
    413: tooLarge(maxUploadBytes),
    415: `Files of this kind cannot be converted here.${detail ? ` ${detail}.` : ""}`,
    429: "Too many uploads at the moment. Wait a little, then try again.",
    503: "Too many uploads at the moment. Wait a little, then try again.",
  };
  const fallback =
    response.status >= 500
      ? "The upload service has a problem of its own. Try again in a minute."
      : `The upload was refused${detail ? `: ${detail}` : ""}.`;
  const ownWords = code === "empty-file" ? "The file is empty." : known[response.status];
  return new PageProblem(response.status === 401 ? "signed-out" : code, ownWords ?? fallback);
}

/** Why the storage did not take a file; statuses as S3 gives them. */
export function notStored(error: Error): PageProblem {
  if (error instanceof PageProblem) return error;
  const status = "status" in error && typeof error.status === "number" ? error.status : 0;
  if (status === 0) return unreachable("storage");
  if (status === 403 || status === 404) return expired();
  if (status >= 500) return new PageProblem("storage", "The storage is busy. Try again in a minute.");
  return new PageProblem("storage", "The storage refused the file. Try again.");
}

export function tooLarge(maxUploadBytes: number): string {
  return `The file is too large. At most ${bytesText(maxUploadBytes, Math.floor)} can be uploaded.`;
}

export function signedOut(): PageProblem {
  return new PageProblem(
    "signed-out",
    "Your sign-in has expired. Sign in again, then add the file once more.",
  );
}

export function expired(): PageProblem {
  return new PageProblem("expired", "The upload took longer than its link is valid. Try again.");
}

/** By the names that `getUserMedia` gives its errors: https://developer.mozilla.org/docs/Web/API/MediaDevices/getUserMedia */
const cameraProblems: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The browser does not let this page use it. Allow it in the browser's settings for this page, then try again.",
  NotReadableError: "It does not answer. Close what else uses it, then try again.",
};

/** Why the camera cannot be used, and what to do. */
export function cameraProblem({ name }: Error): string {
  return cameraProblems[name] ?? "Choose a picture from your files instead.";
}

const conversionProblems: Readonly<Record<string, string>> = {
  "empty-file": "The file is empty.",
  "unsupported-format": "The contents are not of a kind that can be converted.",
  "corrupt-input": "The file is damaged or incomplete.",
  "too-many-pixels": "The picture has more pixels than can be converted.",
  "too-large": "The file is too large to be converted.",
  "type-mismatch": "The contents are of another type than the file's name says.",
};

/** Why a variant could not be made. */
export function conversionProblem({ code, message }: { code: string; message: string }): string {
  return conversionProblems[code] ?? `${message.replace(/\.?$/, "")}.`;
}
