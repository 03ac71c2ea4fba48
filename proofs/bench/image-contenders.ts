import type { Bench } from "./group.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import { absent, type Missing } from "./measure/contest.ts";
import { programCase } from "./measure/program-case.ts";
import { quoted } from "./measure/tool.ts";

/** A program or package that makes a JPEG of a picture: of at most `size` pixels a side, or of the whole. */
export interface ImageContender {
  readonly name: string;
  case(task: ImageTask): CaseSettings | Missing;
}

export interface ImageTask {
  readonly path: string;
  /** A picture of next to no pixels in the same format, on which the start of programs is measured. */
  readonly tiny: string;
  /** Longest side of the output in pixels; no contender enlarges. */
  readonly size?: number;
  readonly quality: number;
  /** Lays the picture on white. */
  readonly flatten?: boolean;
  readonly out?: string;
}

type Written = Pick<ImageTask, "path" | "size" | "quality" | "flatten" | "out">;

function program(name: string, write: (task: Written) => string | undefined): ImageContender {
  return {
    name,
    case({ tiny, ...task }) {
      const line = write(task);
      return line === undefined
        ? absent(name)
        : programCase(name, line, write({ ...task, path: tiny, out: undefined }) ?? line);
    },
  };
}

/** Arguments of ImageMagick and GraphicsMagick. `hint` names the option by which a JPEG is decoded at a smaller scale. */
function magickLine(
  command: string,
  hint: string,
  { path, size, quality, flatten, out = "/dev/null" }: Written,
): string {
  const hinted = size ? `${hint}${2 * size}x${2 * size}` : "";
  const scaled = size ? `-thumbnail '${size}x${size}>'` : "";
  const flat = flatten ? "-background white -flatten" : "";
  return `${command} ${hinted} ${quoted(path)} -auto-orient ${flat} ${scaled} -quality ${quality} jpeg:${quoted(out)}`;
}

/** Everyone who takes pictures of every format. Programs write to a file as well, of which nothing is kept. */
export function contendersForAnyFormat({ tool }: Pick<Bench, "tool">): ImageContender[] {
  const magick = tool("magick") ?? tool("convert-im6.q16") ?? tool("convert");
  const [gm, vips, vipsthumbnail] = [tool("gm"), tool("vips"), tool("vipsthumbnail")];
  return [
    {
      name: "sharp's defaults",
      case: ({ path, size, quality, out }) => ({
        name: "sharp's defaults",
        file: "sharp-defaults",
        args: { path, quality, out, sizes: size ? [size] : [] },
        repeat: size ? turnOfMilliseconds : 1,
        optional: true,
      }),
    },
    program("ImageMagick", (task) => magick && magickLine(magick, "-define jpeg:size=", task)),
    program("GraphicsMagick", (task) => gm && magickLine(`${gm} convert`, "-size ", task)),
    program("vips", ({ path, size, quality, flatten, out = "/dev/null" }) => {
      if (size) {
        const output = quoted(`${path}.thumbnail.jpg[Q=${quality}]`);
        return vipsthumbnail && `${vipsthumbnail} ${quoted(path)} -s '${size}x${size}>' -o ${output}`;
      }
      const flat = flatten ? "--background 255" : "";
      return vips && `${vips} jpegsave ${quoted(path)} ${quoted(out)} --Q ${quality} ${flat}`;
    }),
  ];
}

/** Runs in a row of those that take milliseconds, who take as long as one of the others then. */
export const turnOfMilliseconds = 5;

/** Everyone, for opaque PNG and JPEG. */
export function imageContenders(bench: Pick<Bench, "tool">): ImageContender[] {
  const [sharp, ...programs] = contendersForAnyFormat(bench);
  const named = (name: string, file: string): ImageContender => ({
    name,
    case: ({ path, size, quality, out }) => ({
      name,
      file,
      args: { path, size, quality, out },
      optional: true,
    }),
  });
  const packages = [named("@napi-rs/image", "napi-rs-image"), named("Jimp", "jimp")];
  return [...(sharp ? [sharp] : []), ...packages, ...programs];
}
