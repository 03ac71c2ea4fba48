import type { Plugin } from "esbuild";

/**
 * Returns a plugin that replaces modules by the names under which packages import them. A replacement that imports its
 * own name gets the original.
 *
 * @param modules JavaScript by imported name
 * @param resolveDir the folder from which the replacements import packages, absolute
 */
export function replaceModules(
  name: string,
  modules: Readonly<Record<string, string>>,
  resolveDir: string,
): Plugin {
  const names = Object.keys(modules).map((each) => each.replaceAll(/[.\\/]/g, "\\$&"));
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(?:${names.join("|")})$`) }, ({ path, namespace }) =>
        namespace === name ? undefined : { path, namespace: name },
      );
      onLoad({ filter: /.*/, namespace: name }, ({ path }) => ({
        contents: modules[path],
        loader: "js",
        resolveDir,
      }));
    },
  };
}
