import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * The SDK's schemas, in which keys are constants: `{ [_hH]: _xarc }` of `const _hH = "httpHeader";`. esbuild keeps such
 * an object, whose making might run code, and by it the schemas of all operations. With the string in its place it keeps
 * those in use.
 */
export function withLiteralKeys(schemas: string): string {
  const constants = new Map(
    Array.from(schemas.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm), ([, name, text]) => [name, text]),
  );
  return schemas.replace(/\[(_\w+)\](?=: )/g, (key, name) => constants.get(name) ?? key);
}

/**
 * No function calls an operation that streams events. What would encode them is loaded by `import()`, for which esbuild
 * puts every module that they share with the rest, two thirds of the SDK's core, into a function of its own: V8 then
 * reads it twice.
 */
const noEventStreams = `
  export const resolveEventStreamSerdeConfig = (config) => config;
  export const eventStreamSerdeProvider = () => {
    throw new Error("Event streams are left out of the functions");
  };
  export { eventStreamSerdeProvider as EventStreamSerde };
`;

/** Takes from the AWS SDK what no function uses. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({ path, namespace: "lean-sdk" }));
    onLoad({ filter: /.*/, namespace: "lean-sdk" }, () => ({ contents: noEventStreams, loader: "js" }));
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};
