import type { Retry } from "@henkan/local-cloud";
import * as v from "valibot";
import { s3EventText } from "../../contract/s3-event.ts";

/** The uploads that a function failed on, with the error that it logged or that ended it. */
export class Retries {
  readonly #functionErrors = new Map<string, string>();
  readonly #loggedErrors = new Map<string, string>();

  /** Records a message that returns to its queue. Call it for every one. */
  add({ body, error }: Retry): void {
    const reason = error
      ? `${error.errorType}: ${error.errorMessage}`
      : "the function returned the file to its queue";
    for (const { object } of v.parse(s3EventText, body)) {
      this.#functionErrors.set(uploadIdOf(object.key), reason);
    }
  }

  /** Reads a line of the functions' logs. Call it for every one. */
  readLog(line: string): void {
    if (!line.startsWith("{")) return;
    const { result, key, error } = JSON.parse(line) as {
      result?: string;
      key?: string;
      error?: { message?: string };
    };
    if (result === "retry" && key && error?.message) this.#loggedErrors.set(uploadIdOf(key), error.message);
  }

  /** Returns why the pipeline will retry an upload, and undefined when no function has failed on it. */
  reasonFor(uploadId: string): string | undefined {
    const functionError = this.#functionErrors.get(uploadId);
    return functionError && (this.#loggedErrors.get(uploadId) ?? functionError);
  }
}

function uploadIdOf(key: string): string {
  return key.split("/", 1)[0] ?? "";
}
