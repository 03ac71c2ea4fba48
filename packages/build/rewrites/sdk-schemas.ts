import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * Lets esbuild drop the schemas of AWS operations that no function calls. The SDK's schemas have constants as keys, such
 * as `{ [_hH]: _xarc }` with `const _hH = "httpHeader";`. esbuild must assume that creating such an object runs code, so
 * it keeps them all. With literal keys it keeps only those in use.
 *
 * Gain: resize's bundle has 464 kB instead of 515, and starts with 164 ms of CPU time instead of 172.
 */
export const sdkSchemas: Plugin = {
  name: "sdk-schemas",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};

/**
 * Returns the source of a schema module with string literals as keys, in place of the constants that it declares.
 *
 * @example
 * withLiteralKeys('const _h = "httpHeader";\nexport const x = { [_h]: 1 };')
 * // 'const _h = "httpHeader";\nexport const x = { "httpHeader": 1 };'
 */
export function withLiteralKeys(schemas: string): string {
  const constants = new Map(
    Array.from(schemas.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm), ([, name, text]) => [name, text]),
  );
  return schemas.replace(/\[(_\w+)\](?=: )/g, (key, name) => constants.get(name) ?? key);
}
