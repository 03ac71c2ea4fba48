import { RequestError } from "./request-error.ts";

/** The reason why one file failed. */
export interface Failure {
  /** A stable code for scripts, such as `too-large` or `ENOSPC`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
}

/**
 * Describes the error of one file: a `RequestError`, or a system error such as `EACCES`.
 *
 * @throws `error` itself when it is any other error, which is then a mistake of the program
 * @example
 * await client.put(created, path).catch((error) => console.error(describeFailure(error).message));
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RequestError) return { code: error.code, message: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code === "string") return { code, message };
  throw error;
}
