import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ProgramError } from "../errors.ts";

/**
 * Returns an input of a resource as plain data. Secrets are unwrapped; assets and archives become `{ path }`, with an
 * absolute path, or `{ text }`.
 *
 * @param directory the folder in which relative paths start
 * @throws {ProgramError} for an asset that is neither a file nor a text
 */
export async function plain(value: unknown, directory: string): Promise<unknown> {
  if (pulumi.runtime.isRpcSecret(value)) return plain(pulumi.runtime.unwrapRpcSecret(value), directory);
  if (Array.isArray(value)) return Promise.all(value.map((item) => plain(item, directory)));
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof pulumi.asset.FileArchive || value instanceof pulumi.asset.FileAsset) {
    return { path: resolve(directory, await value.path) };
  }
  if (value instanceof pulumi.asset.StringAsset) return { text: await value.text };
  if (pulumi.asset.Archive.isInstance(value) || pulumi.asset.Asset.isInstance(value)) {
    throw new ProgramError(
      "The local cloud reads FileArchive, FileAsset and StringAsset; the program gave another asset",
    );
  }
  return plainRecord(value, directory);
}

/** Returns the inputs of a resource as plain data, as `plain` does for each. */
export async function plainRecord(record: object, directory: string): Promise<Record<string, unknown>> {
  const entries = Object.entries(record).map(async ([key, value]) => [key, await plain(value, directory)]);
  return Object.fromEntries(await Promise.all(entries));
}
