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
]);

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
      args,
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

/** Runs a command to its exit code; an unexpected error keeps its stack. */
export async function run(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const plain = error instanceof Error && plainErrors.has(error.name);
    console.error(plain ? error.message : error);
    process.exitCode = plain && error.name === "UsageError" ? 2 : 1;
  }
}
