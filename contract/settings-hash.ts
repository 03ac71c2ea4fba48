import { createHash } from "node:crypto";

function withSortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Returns the hex SHA-256 of a converter's name and a variant's complete options; the order of their keys does not matter.
 * A variant must be made again when this hash differs from the one in its receipt.
 */
export function settingsHash(converter: string, options: unknown): string {
  return createHash("sha256").update(JSON.stringify({ converter, options }, withSortedKeys)).digest("hex");
}
