import { UsageError } from "@henkan/cli/command";

/**
 * Returns the names in a list such as `jpeg,png`, each once; all of `names` without a list.
 *
 * @throws {UsageError} for a name that is not among `names`
 */
export function chosen(list: string | undefined, names: readonly string[]): string[] {
  const wanted = [...new Set(list?.split(",") ?? names)];
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return wanted;
  throw new UsageError(`There is no bench called ${JSON.stringify(unknown)}; there are ${names.join(", ")}`);
}
