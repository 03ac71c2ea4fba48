/** Converts pictures one after the other with the resize converter, as a warm function does. */
import { convert } from "../../../converters/resize.ts";
import { collectInOneGo } from "../../../handlers/convert/garbage-collection.ts";
import { localSource } from "../inputs/local-source.ts";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly paths: readonly string[];
  readonly count: number;
}

const defaults = { fit: "inside", enlarge: false, animated: false, background: "#ffffff" } as const;
const variants = [
  { name: "thumbnail", options: { ...defaults, width: 300, height: 300 } },
  { name: "preview", options: { ...defaults, width: 1280, format: "webp" } },
] as const;

const prepare: PrepareCase<Arguments> = async ({ paths, count }) => {
  collectInOneGo();
  return {
    async run() {
      for (let index = 0; index < count; index += 1) {
        const source = await localSource(paths[index % paths.length] ?? "");
        for await (const made of convert(source, variants)) if ("error" in made) throw made.error;
      }
      return undefined;
    },
  };
};

export default prepare;
