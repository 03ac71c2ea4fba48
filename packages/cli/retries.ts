import type { Retry } from "@henkan/local-cloud";
import * as v from "valibot";
import { s3EventText } from "../../contract/s3-event.ts";

/** The uploads that a function failed on, with the error it logged or died of. */
export class Retries {
  readonly #functionErrors = new Map<string, string>();
  readonly #loggedErrors = new Map<string, string>();

  /** To be given every message that goes back to its queue. */
  add({ body, error }: Retry): void {
    const reason = error ? `${error.errorType}: ${error.errorMessage}` : "the function gave the file back";
    for (const { object } of v.parse(s3EventText, body)) {
      this.#functionErrors.set(uploadIdOf(object.key), reason);
    }
  }

  /** To be given every line of the functions' logs. */
  readLog(line: string): void {
    if (!line.startsWith("{")) return;
    const { result, key, error } = JSON.parse(line) as {
      result?: string;
      key?: string;
      error?: { message?: string };
    };
    if (result === "retry" && key && error?.message) this.#loggedErrors.set(uploadIdOf(key), error.message);
  }

  reasonFor(uploadId: string): string | undefined {
    const functionError = this.#functionErrors.get(uploadId);
    return functionError && (this.#loggedErrors.get(uploadId) ?? functionError);
  }
}

function uploadIdOf(key: string): string {
  return key.split("/", 1)[0] ?? "";
}
