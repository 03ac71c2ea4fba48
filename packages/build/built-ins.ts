import type { Plugin } from "esbuild";

/**
 * Packages that port to JavaScript what Node.js has itself, and CommonJS modules that stand for them in the bundles.
 * Of crc-32 archiver's streams call `buf`, with a buffer of zeros where there is no sum yet.
 */
const replacements: Readonly<Record<string, string>> = {
  "readable-stream": 'module.exports = require("node:stream");',
  "readable-stream/passthrough": 'module.exports = require("node:stream").PassThrough;',
  "crc-32": [
    'const { crc32 } = require("node:zlib");',
    'module.exports.buf = (bytes, sum) => crc32(bytes, typeof sum === "number" ? sum >>> 0 : 0) | 0;',
  ].join("\n"),
};

/**
 * Lambda hands a function its role's credentials as environment variables,
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: what looks for them in profiles, single
 * sign-on and other processes is an eighth of a bundle.
 */
const environmentCredentials =
  'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";';

/** Takes from the SDK what no function on Lambda uses. */
export const lambdaCredentials: Plugin = {
  name: "lambda-credentials",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: "lambda-credentials",
      pluginData: resolveDir,
    }));
    onLoad({ filter: /.*/, namespace: "lambda-credentials" }, ({ pluginData }) => ({
      contents: environmentCredentials,
      resolveDir: pluginData,
      loader: "js",
    }));
  },
};

/** Puts Node.js's own streams and checksums, native code both, in the place of ports. */
export const builtIns: Plugin = {
  name: "built-ins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:readable-stream|readable-stream\/passthrough|crc-32)$/ }, ({ path }) => ({
      path,
      namespace: "built-in",
    }));
    onLoad({ filter: /.*/, namespace: "built-in" }, ({ path }) => ({
      contents: replacements[path],
      loader: "js",
    }));
  },
};
