import type { Bench } from "./group.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import { quoted } from "./measure/tool.ts";

/** A program or package that makes a JPEG of a picture: of at most `size` pixels a side, or of the whole. */
export interface ImageContender {
  readonly name: string;
  case(task: ImageTask): CaseSettings | undefined;
}

export interface ImageTask {
  readonly path: string;
  readonly size?: number;
  readonly quality: number;
  readonly out?: string;
}

/** Everyone who is here. Programs write to a file as well, of which nothing is kept. */
export function imageContenders({ tool }: Pick<Bench, "tool">): ImageContender[] {
  const magick = tool("magick") ?? tool("convert-im6.q16") ?? tool("convert");
  const [gm, vips, vipsthumbnail] = [tool("gm"), tool("vips"), tool("vipsthumbnail")];
  const line = (
    name: string,
    program: string | undefined,
    write: (program: string, task: ImageTask) => string,
  ) => ({
    name,
    case: (task: ImageTask) =>
      program === undefined ? undefined : { name, file: "tool", args: { line: write(program, task) } },
  });
  const imageMagick = (program: string, { path, size, quality, out = "/dev/null" }: ImageTask) => {
    const hint = size ? `-define jpeg:size=${2 * size}x${2 * size}` : "";
    const scaled = size ? `-thumbnail ${size}x${size}` : "";
    return `${program} ${hint} ${quoted(path)} -auto-orient ${scaled} -quality ${quality} jpeg:${quoted(out)}`;
  };
  return [
    {
      name: "sharp's defaults",
      case: ({ size, ...task }) => ({
        name: "sharp's defaults",
        file: "sharp-defaults",
        args: { ...task, sizes: size ? [size] : [] },
      }),
    },
    { name: "@napi-rs/image", case: (args) => ({ name: "@napi-rs/image", file: "napi-rs-image", args }) },
    { name: "Jimp", case: (args) => ({ name: "Jimp", file: "jimp", args }) },
    line("ImageMagick", magick, imageMagick),
    line("GraphicsMagick", gm && `${gm} convert`, imageMagick),
    line("vips", vips, (_program, { path, size, quality, out = "/dev/null" }) =>
      size
        ? `${vipsthumbnail} ${quoted(path)} -s ${size}x${size} -o ${quoted(`${path}.thumbnail.jpg[Q=${quality}]`)}`
        : `${vips} jpegsave ${quoted(path)} ${quoted(out)} --Q ${quality}`,
    ),
  ];
}
