import { RequestError } from "./request-error.ts";

/** What went wrong with one file: a stable code for scripts, a sentence for people. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** @throws what is no failure of a file but of the program */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RequestError) return { code: error.code, message: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code === "string") return { code, message };
  throw error;
}
