/** A stable name for each reason why the local cloud refuses a program. */
export type LocalCloudErrorCode =
  | "access-denied"
  | "data-in-use"
  | "policy"
  | "port-in-use"
  | "program"
  | "stage"
  | "unknown-resource-type";

/**
 * The base of the errors that the user can remove: a mistake in the program, in its stage file or on this machine. The
 * message is written for people.
 *
 * @example
 * ```ts
 * try {
 *   await startCloud(graph, options);
 * } catch (error) {
 *   if (!(error instanceof LocalCloudError)) throw error;
 *   console.error(error.code === "port-in-use" ? "Choose another port" : error.message);
 * }
 * ```
 */
export abstract class LocalCloudError extends Error {
  abstract readonly code: LocalCloudErrorCode;
  /** The message is enough; programs need not print the stack. */
  readonly printWithoutStack = true;
}

/**
 * The program declares something that the local cloud cannot run: a setting that it does not emulate, code that is not
 * built, or a reference to a resource that the program does not declare.
 */
export class ProgramError extends LocalCloudError {
  override readonly name = "ProgramError";
  override readonly code = "program";
}
