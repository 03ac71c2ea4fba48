import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

const sharp = createRequire(import.meta.url).resolve("sharp");

/**
 * Where sharp looks for its native half: in the packages of the layer, for this platform with glibc, then with musl.
 * sharp's own search reads Node.js's version ranges with semver first and asks detect-libc for the C library, which
 * takes a third of its start.
 */
const native = `
  const names = [process.platform, process.platform + "musl"].map((os) => "@img/sharp-" + os + "-" + process.arch);
  const load = (name) => {
    try {
      return require(name + "/sharp.node");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  };
  const found = names.map((name) => [name, load(name)]).find(([, binary]) => binary);
  if (!found) throw new Error("Found neither " + names.join(" nor ") + ": the function needs sharp's layer");
  exports.platform = found[0].slice("@img/sharp-".length);
  exports.binary = found[1];
`;

/** By file of sharp 0.35's dist folder, what it exports to the others. */
const replacements: Readonly<Record<string, string>> = {
  "./sharp.cjs": 'module.exports = require("sharp:native").binary;',
  "./libvips.cjs": 'exports.runtimePlatformArch = () => require("sharp:native").platform;',
  // By it utility.cjs decides on a concurrency, which converters/image.ts sets itself.
  "detect-libc": "exports.familySync = () => undefined; exports.GLIBC = 'glibc'; exports.MUSL = 'musl';",
  "sharp:native": native,
};

/** Bundles sharp's JavaScript; its native half stays where the layer has it. */
export const bundledSharp: Plugin = {
  name: "bundled-sharp",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^sharp$/ }, () => ({ path: sharp }));
    onResolve(
      { filter: /^(?:\.\/(?:sharp|libvips)\.cjs|detect-libc|sharp:native)$/ },
      ({ path, importer, namespace }) => {
        const fromSharp = namespace === "sharp" || dirname(importer) === dirname(sharp);
        return fromSharp ? { path, namespace: "sharp" } : undefined;
      },
    );
    onLoad({ filter: /.*/, namespace: "sharp" }, ({ path }) => ({
      contents: replacements[path],
      resolveDir: join(dirname(sharp), ".."),
      loader: "js",
    }));
  },
};
