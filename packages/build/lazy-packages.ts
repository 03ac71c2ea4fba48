import { createRequire } from "node:module";
import type { Plugin } from "esbuild";

const { resolve } = createRequire(import.meta.url);

/** A package that fills large tables when it is loaded, and a module that loads it when it is first asked. */
interface LazyPackage {
  readonly resolved: string;
  readonly contents: string;
}

const packages: Readonly<Record<string, LazyPackage>> = {
  // Asked for no file whose extension is a picture's own.
  mime: {
    resolved: resolve("mime"),
    contents: `
      let loaded;
      const mime = () => (loaded ??= require("mime").default);
      export default {
        getType: (path) => mime().getType(path),
        getExtension: (type) => mime().getExtension(type),
        getAllExtensions: (type) => mime().getAllExtensions(type),
      };`,
  },
  // What sharp reads backgrounds with.
  "@img/colour": {
    resolved: createRequire(resolve("sharp")).resolve("@img/colour"),
    contents: `
      let loaded;
      module.exports = (value) => (loaded ??= require("@img/colour"))(value);`,
  },
};

/** Loads packages when they are first used, which an invocation may never do, instead of when a function starts. */
export const lazyPackages: Plugin = {
  name: "lazy-packages",
  setup({ onResolve, onLoad }) {
    const names = new RegExp(`^(?:${Object.keys(packages).join("|")})$`);
    onResolve({ filter: names }, ({ path, namespace }) =>
      namespace === "lazy" ? { path: packages[path]?.resolved } : { path, namespace: "lazy" },
    );
    onLoad({ filter: /.*/, namespace: "lazy" }, ({ path }) => ({
      contents: packages[path]?.contents,
      loader: "js",
    }));
  },
};
