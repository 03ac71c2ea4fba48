import type { Bench } from "./group.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import { absent, type Missing } from "./measure/contest.ts";
import { programCase } from "./measure/program-case.ts";
import { quoted } from "./measure/tool.ts";

/** A program or package that makes a JPEG of a picture, with sides of at most `size` pixels or in full size. */
export interface ImageContender {
  readonly name: string;
  case(task: ImageTask): CaseSettings | Missing;
}

export interface ImageTask {
  readonly path: string;
  /** A picture of 8×8 pixels in the same format, with which the start of programs is measured. */
  readonly tiny: string;
  /** Longest side of the output, in pixels. No contender enlarges. */
  readonly size?: number;
  readonly quality: number;
  /** True to put the picture on a white background. */
  readonly flatten?: boolean;
  readonly out?: string;
}

/** The arguments of a case that makes a JPEG with a package. */
export type JpegTask = Pick<ImageTask, "path" | "size" | "quality" | "out">;

type Written = JpegTask & Pick<ImageTask, "flatten">;

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

/** Returns a command of ImageMagick or GraphicsMagick. `hint` is the option that decodes a JPEG at a smaller scale. */
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

/** Returns the contenders that accept every format. Programs also write to a file, which is discarded. */
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

/** Runs per turn of contenders that take milliseconds, so that a turn takes as long as those of the others. */
export const turnOfMilliseconds = 5;

/** Returns all contenders, for opaque PNG and JPEG. */
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
