import type { ParseArgsOptionsConfig } from "node:util";
import { type ArgumentRules, type ParsedArguments, parseArguments } from "./command/arguments.ts";
import { exitCodeOf, hasPlainMessage } from "./command/errors.ts";
import { interruptedExitCode, isInterruption } from "./command/interruption.ts";

export { userPath, wholeNumber } from "./command/arguments.ts";
export { CommandError, UsageError } from "./command/errors.ts";
export { interruptedExitCode, unlessInterrupted } from "./command/interruption.ts";

/** Something that people type, with its arguments. */
export interface Command {
  /**
   * Runs the command and returns its exit code.
   *
   * @param args what follows the command's name
   * @param interruption aborted by Ctrl-C, SIGTERM or SIGHUP
   */
  run(args: readonly string[], interruption: AbortSignal): Promise<number>;
}

/** The arguments and the signal that a running command receives. */
export interface CommandInput<Options extends ParseArgsOptionsConfig> extends ParsedArguments<Options> {
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP, so that the command can clean up and report what it leaves. */
  readonly interruption: AbortSignal;
}

/** The declaration of a command. */
export interface CommandDefinition<Options extends ParseArgsOptionsConfig> extends ArgumentRules<Options> {
  /** Printed for `--help`, and below the message when the arguments have a mistake. */
  readonly help: string;
  /** The command's options, as `parseArgs` of `node:util` accepts them. `--help` is always one. */
  readonly options: Options;
  /** @default the command accepts no other arguments than options */
  readonly positionals?: ArgumentRules<Options>["positionals"];
  /** @returns the exit code */
  readonly run: (input: CommandInput<Options>) => Promise<number>;
}

/**
 * Declares a command: its help, its arguments and what it does.
 *
 * @example
 * ```ts
 * const greet = defineCommand({
 *   help: "npm run greet -- NAME… [--loud]",
 *   options: { loud: { type: "boolean", default: false } },
 *   positionals: { least: 1, request: "Name at least one person." },
 *   async run({ values, positionals }) {
 *     const text = `Hello ${positionals.join(", ")}`;
 *     console.log(values.loud ? text.toUpperCase() : text);
 *     return 0;
 *   },
 * });
 *
 * await runCommand(greet);
 * ```
 */
export function defineCommand<Options extends ParseArgsOptionsConfig>(
  definition: CommandDefinition<Options>,
): Command {
  return {
    async run(args, interruption) {
      const parsed = parseArguments(args, definition);
      if (parsed) return definition.run({ ...parsed, interruption });
      console.log(definition.help);
      return 0;
    },
  };
}

/**
 * Runs a command as the program of this process and sets the process's exit code. An error whose message is written for
 * people is printed as that message; every other error keeps its stack. The first signal interrupts the command, and a
 * second one ends the process at once.
 *
 * @param args @default the arguments of the process
 */
export async function runCommand(
  command: Command,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const interruption = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    interruption.abort();
    // Not before every handler has seen the signal: signal-exit, which guards the Pulumi CLI, ends the process when its
    // own handler is the only one left.
    setImmediate(() => process.off(signal, onSignal));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  const { signal } = interruption;
  try {
    process.exitCode = await command.run(args, signal);
  } catch (error) {
    if (!isInterruption(error, signal)) console.error(hasPlainMessage(error) ? error.message : error);
    process.exitCode = signal.aborted ? interruptedExitCode : exitCodeOf(error);
  }
}
