import { resolve } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { numberText } from "@henkan/client/text";
import { UsageError } from "./errors.ts";

/** The arguments of a command that are not options, such as files. */
export interface Positionals {
  /** @default 0 */
  readonly least?: number;
  /** @default any number */
  readonly most?: number;
  /** Printed above the help when there are too few or too many, such as `Name at least one file.` */
  readonly request?: string;
}

/** The options of a command by name, with their defaults. */
export type OptionValues<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options }>
>["values"];

export interface ParsedArguments<Options extends ParseArgsOptionsConfig> {
  readonly values: OptionValues<Options>;
  readonly positionals: readonly string[];
}

/** The part of a command's declaration that its arguments are checked against. */
export interface ArgumentRules<Options extends ParseArgsOptionsConfig> {
  readonly help: string;
  readonly options: Options;
  readonly positionals?: Positionals;
}

/**
 * Parses the arguments of a command. Returns undefined when they ask for its help.
 *
 * @throws {UsageError} for an option that the command does not have, or too few or too many positionals
 */
export function parseArguments<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  { help, options, positionals: rule }: ArgumentRules<Options>,
): ParsedArguments<Options> | undefined {
  const { least = 0, most = Number.POSITIVE_INFINITY, request } = rule ?? { most: 0 };
  try {
    const { values, positionals } = parseArgs({
      args: withNegativeNumbers(args, options),
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: most > 0,
    });
    if ("help" in values && values.help) return undefined;
    if (request && (positionals.length < least || positionals.length > most)) throw new UsageError(request);
    return { values: values as OptionValues<Options>, positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${help}`);
  }
}

/** Turns `--rate -1` into `--rate=-1`: a number is not an option, and the command can name the mistake in it. */
function withNegativeNumbers(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const joined: string[] = [];
  for (const arg of args.slice(0, end)) {
    const option = joined.at(-1) ?? "";
    const hasText = option.startsWith("--") && options[option.slice(2)]?.type === "string";
    if (hasText && /^-\d/.test(arg)) joined.splice(-1, 1, `${option}=${arg}`);
    else joined.push(arg);
  }
  return [...joined, ...args.slice(end)];
}

/**
 * Returns the absolute path of a path as the user typed it. It is relative to the folder in which the user called npm,
 * which may be a subfolder of the project.
 */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/**
 * Parses the value of an option.
 *
 * @throws {UsageError} for anything but a whole number from `least` to `most`
 */
export function wholeNumber(option: string, text: string, most: number, least = 1): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `${option} accepts a whole number from ${least} to ${numberText(most)}, not "${text}"`,
  );
}
