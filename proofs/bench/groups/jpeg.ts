import type { Bench, Group } from "../group.ts";
import { contendersForAnyFormat, imageContenders, turnOfMilliseconds } from "../image-contenders.ts";
import { type ImageName, imageFile } from "../inputs/images.ts";
import { atMost, type Line } from "../line.ts";
import { absent } from "../measure/contest.ts";
import { programCase } from "../measure/program-case.ts";
import { quoted } from "../measure/tool.ts";
import { cpuRatio, field } from "../ratio.ts";

const title = "JPEG to a thumbnail of 300×300";
const size = 300;
const goal = atMost(1.15);
const limit = "libjpeg-turbo's 1/8 decode";

interface Picture {
  readonly name: ImageName;
  readonly what: string;
  /** Applies the goal to the line against the limit. */
  readonly promised: boolean;
}

const pictures: readonly Picture[] = [
  { name: "12mp.jpg", what: "12 MP", promised: true },
  { name: "24mp.jpg", what: "24 MP", promised: true },
  // The limit decodes this picture in full size, as we do.
  { name: "12mp-progressive.jpg", what: "12 MP progressive", promised: false },
];

const ours = (path: string) => ({
  name: "ours",
  file: "resize",
  repeat: turnOfMilliseconds,
  args: { path, variants: [{ width: size, height: size, format: "jpeg" }] },
});

async function linesOf(bench: Bench, { name, what, promised }: Picture): Promise<Line[]> {
  const path = await imageFile(bench.directory, name);
  const tiny = await imageFile(bench.directory, "tiny.jpg");
  const djpeg = bench.tool("djpeg");
  const decode = (picture: string) => `${djpeg} -scale 1/8 ${quoted(picture)} > /dev/null`;
  const figures = await bench.contest(
    [
      ours(path),
      djpeg
        ? { ...programCase(limit, decode(path), decode(tiny)), repeat: turnOfMilliseconds }
        : absent(limit),
      ...imageContenders(bench).map((contender) => contender.case({ path, tiny, size, quality: 80 })),
    ],
    { rounds: 15 },
  );
  const line = { group: title, name: `${what}: ours against ${limit}`, figures, of: "ours", against: limit };
  return [cpuRatio({ ...line, goal: promised ? goal : undefined }), ...field(title, what, figures, "ours")];
}

async function webpLines(bench: Bench): Promise<Line[]> {
  const path = await imageFile(bench.directory, "12mp.webp");
  const tiny = await imageFile(bench.directory, "tiny.webp");
  const figures = await bench.contest(
    [
      ours(path),
      ...contendersForAnyFormat(bench).map((each) => each.case({ path, tiny, size, quality: 80 })),
    ],
    { rounds: 7 },
  );
  return field(title, "12 MP WebP", figures, "ours");
}

export const jpegGroup: Group = {
  name: "jpeg",
  title,
  async run(bench) {
    const lines: Line[] = [];
    for (const picture of bench.quick ? pictures.slice(0, 1) : pictures) {
      bench.say(picture.what);
      lines.push(...(await linesOf(bench, picture)));
    }
    bench.say("12 MP WebP");
    lines.push(...(await webpLines(bench)));
    return lines;
  },
};
