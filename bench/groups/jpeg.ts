import type { Bench, Group } from "../group.ts";
import { imageContenders } from "../image-contenders.ts";
import { type ImageName, imageFile } from "../inputs/images.ts";
import { atMost, type Line } from "../line.ts";
import { quoted } from "../measure/tool.ts";
import { cpuRatio, field } from "../ratio.ts";

const title = "JPEG to a thumbnail of 300×300";
const pictures: readonly { readonly name: ImageName; readonly what: string; readonly goal: boolean }[] = [
  { name: "12mp.jpg", what: "12 MP", goal: true },
  { name: "24mp.jpg", what: "24 MP", goal: true },
  // The limit decodes it whole, as we do.
  { name: "12mp-progressive.jpg", what: "12 MP progressive", goal: false },
];

/** A turn of the fastest, who take as long as one of the others then. */
const repeat = 5;

async function linesOf(bench: Bench, { name, what, goal }: (typeof pictures)[number]): Promise<Line[]> {
  const path = await imageFile(bench.directory, name);
  const djpeg = bench.tool("djpeg");
  const limit = "libjpeg-turbo's 1/8 decode";
  const task = { path, size: 300, quality: 80 };
  const figures = await bench.contest(
    [
      { name: "ours", file: "resize", repeat, args: { path, variants: [{ width: 300, height: 300 }] } },
      djpeg
        ? {
            name: limit,
            file: "tool",
            repeat,
            args: { line: `${djpeg} -scale 1/8 ${quoted(path)} > /dev/null` },
          }
        : undefined,
      ...imageContenders(bench).map((contender) => contender.case(task)),
    ],
    { rounds: 15 },
  );
  const ours = { group: title, name: `${what}: ours against ${limit}`, figures, of: "ours", against: limit };
  return [
    cpuRatio({ ...ours, goal: goal ? atMost(1.15) : undefined }),
    ...field(title, what, figures, "ours"),
  ];
}

export const jpeg: Group = {
  name: "jpeg",
  title,
  async run(bench) {
    const lines: Line[] = [];
    for (const picture of bench.quick ? pictures.slice(0, 1) : pictures) {
      bench.say(picture.what);
      lines.push(...(await linesOf(bench, picture)));
    }
    return lines;
  },
};
