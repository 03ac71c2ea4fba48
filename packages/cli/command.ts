import { resolve } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** A mistake of the user: shown as a sentence, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Errors whose message is all the user needs. */
const plainErrors = new Set([
  "UsageError",
  "PortInUseError",
  "DataInUseError",
  "ConfigError",
  "StageError",
  "ReleaseError",
  "PolicyError",
  "AccessDeniedError",
  "UnknownResourceTypeError",
  "RequestError",
  "ApiAccessError",
  "AwsCallError",
]);

/** The options that help with an error of the local cloud, which knows no command line. */
const hints: Readonly<Record<string, string>> = {
  PortInUseError:
    "Choose another base port with --port N (N, N+1 and N+2 are used), or --port 0 for free ones.",
  DataInUseError: "Stop that one, or choose another folder with --data",
};

/** Of an API that cannot be reached or does not let the caller in. */
export const accessExitCode = 3;

const exitCodes: Readonly<Record<string, number>> = { UsageError: 2, ApiAccessError: accessExitCode };

/**
 * Parses the arguments of a command; `--help` prints `help` and ends the process.
 *
 * @throws {UsageError} for an option the command does not have.
 */
export function parseCommand<Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  args: string[] = process.argv.slice(2),
) {
  try {
    const parsed = parseArgs({
      args: withNegativeNumbers(args, options),
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if (!(parsed.values as { help?: boolean }).help) return parsed;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${help}`);
  }
  console.log(help);
  process.exit(0);
}

/** `--rate -1` as `--rate=-1`: a number is no option, and the command can say what is wrong with it. */
function withNegativeNumbers(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const joined: string[] = [];
  for (const arg of args.slice(0, end)) {
    const option = joined.at(-1) ?? "";
    const takesText = option.startsWith("--") && options[option.slice(2)]?.type === "string";
    if (takesText && /^-\d/.test(arg)) joined.splice(-1, 1, `${option}=${arg}`);
    else joined.push(arg);
  }
  return [...joined, ...args.slice(end)];
}

/** Exit code of a program that a signal ended, by shell convention: 128 and SIGINT's number. */
export const interruptedExitCode = 130;

/**
 * Runs a command to its exit code; an unexpected error keeps its stack. `interruption` is aborted by Ctrl-C and its
 * like, so that the command can clean up after itself and say what it leaves; a second signal ends the process at once.
 */
export async function run(main: (interruption: AbortSignal) => Promise<number>): Promise<void> {
  const interruption = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    interruption.abort();
    // Not before every handler has seen it: signal-exit, which watches over the Pulumi CLI, ends the process when its
    // own is the last one.
    setImmediate(() => process.off(signal, onSignal));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  try {
    process.exitCode = await main(interruption.signal);
  } catch (error) {
    const { aborted, reason } = interruption.signal;
    const plain = error instanceof Error && plainErrors.has(error.name);
    const hint = plain ? hints[error.name] : undefined;
    if (!aborted || !isInterruption(error, reason)) {
      console.error(plain ? [error.message, hint].filter(Boolean).join(" ") : error);
    }
    if (aborted) process.exitCode = interruptedExitCode;
    else process.exitCode = (plain && exitCodes[error.name]) || 1;
  }
}

function isInterruption(error: unknown, reason: unknown): boolean {
  return error === reason || (error instanceof Error && error.name === "AbortError");
}

/** Settles as `work` does, or rejects when the command is interrupted. */
export function unlessInterrupted<Result>(interruption: AbortSignal, work: Promise<Result>): Promise<Result> {
  return Promise.race([work, interrupted(interruption)]);
}

/** Rejects when the command is interrupted, and never settles otherwise. */
function interrupted(interruption: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    interruption.throwIfAborted();
    interruption.addEventListener("abort", () => reject(interruption.reason), { once: true });
  });
}

/** A path as the user typed it, who may have called npm from a subfolder of the project. */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/** @throws {UsageError} for what is no whole number from `least` to `most` */
export function wholeNumber(option: string, text: string, most: number, least = 1): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `${option} takes a whole number from ${least} to ${most.toLocaleString("en")}, not "${text}"`,
  );
}
