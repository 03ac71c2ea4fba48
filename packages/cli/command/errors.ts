/** Exit code of a mistake in the arguments. */
const usageExitCode = 2;

export interface CommandErrorOptions extends ErrorOptions {
  /** @default 1 */
  readonly exitCode?: number;
}

/** Ends a command with a sentence for the user, which is printed without a stack. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  /** Marks the error for `hasPlainMessage`. */
  readonly printWithoutStack = true;
  readonly exitCode: number;

  constructor(message: string, { exitCode = 1, ...options }: CommandErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A mistake of the user in the arguments. The exit code is 2. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, exitCode: usageExitCode });
  }
}

/**
 * Returns true for an error whose message is all the user needs. Such an error has a field `printWithoutStack`. It is a
 * field and not a class that all share, because the packages that throw such errors must not import one another.
 */
export function hasPlainMessage(error: unknown): error is Error {
  return error instanceof Error && "printWithoutStack" in error && error.printWithoutStack === true;
}

/** The exit code of a command that `error` ended. */
export function exitCodeOf(error: unknown): number {
  return error instanceof CommandError ? error.exitCode : 1;
}
