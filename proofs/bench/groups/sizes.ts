import type { Bench, Group } from "../group.ts";
import { type ImageName, imageFile } from "../inputs/images.ts";
import { atLeast, atMost, type Line } from "../line.ts";
import { cpuRatio } from "../ratio.ts";

const title = "Four JPEGs of one picture: 2048, 1280, 640 and 300 wide";
const widths = [2048, 1280, 640, 300] as const;

async function linesOf(bench: Bench, picture: ImageName, what: string): Promise<Line[]> {
  const path = await imageFile(bench.directory, picture);
  const resize = (name: string, wanted: readonly number[]) => ({
    name,
    file: "resize",
    args: { path, variants: wanted.map((width) => ({ width, format: "jpeg" })) },
  });
  const figures = await bench.contest(
    [
      resize("the four", widths),
      ...widths.map((width) => resize(`${width} alone`, [width])),
      { name: "sharp's clone()", file: "sharp-defaults", args: { path, sizes: widths } },
      { name: "encoding the smaller three", file: "encode-sizes", args: { path, widths: widths.slice(1) } },
      { name: "the smaller three from pixels", file: "scale-sizes", args: { path, widths } },
    ],
    { rounds: 9 },
  );
  const cpu = (name: string) => figures.get(name)?.cpuMs ?? Number.NaN;
  const runs = widths.reduce((sum, width) => sum + cpu(`${width} alone`), 0);
  const largest = cpu(`${widths[0]} alone`);
  const pixels = cpu("the four") - cpu("encoding the smaller three");
  const cheapest = cpu("the smaller three from pixels");
  const group = title;
  return [
    {
      ...cpuRatio({
        group,
        name: `${what}: against the largest alone`,
        figures,
        of: "the four",
        against: "2048 alone",
      }),
      goal: atMost(1.15),
    },
    {
      group,
      name: `${what}: bound: with the smaller three scaled bilinearly from pixels at hand`,
      value: 1 + cheapest / largest,
      unit: "×",
      note: `scaling them so and encoding takes ${Math.round(cheapest)} ms`,
    },
    {
      group,
      name: `${what}: ours without encoding the smaller three`,
      value: pixels / largest,
      unit: "×",
      note: `their encoding alone takes ${Math.round(cpu("encoding the smaller three"))} ms`,
    },
    {
      group,
      name: `${what}: four runs against them`,
      value: runs / cpu("the four"),
      unit: "×",
      goal: atLeast(3),
      note: `${Math.round(runs)} ms in four runs`,
    },
    {
      group,
      name: `${what}: bound: four runs against the largest alone`,
      value: runs / largest,
      unit: "×",
      note: "what four runs would cost against them, were the smaller three free",
    },
    cpuRatio({
      group,
      name: `${what}: sharp's clone() against them`,
      figures,
      of: "sharp's clone()",
      against: "the four",
    }),
    {
      group,
      name: `${what}: least SSIM against direct resizes`,
      value: await leastSimilarity(path),
      unit: "",
      goal: atLeast(0.98),
    },
  ];
}

async function leastSimilarity(path: string): Promise<number> {
  const [{ convert }, { localSource }, { similarity }] = await Promise.all([
    import("../../../converters/resize.ts"),
    import("../inputs/local-source.ts"),
    import("../similarity.ts"),
  ]);
  const source = await localSource(path);
  const defaults = { fit: "inside", enlarge: false, animated: false, background: "#ffffff" } as const;
  const variant = (width: number) => ({
    name: String(width),
    options: { ...defaults, width, format: "png" } as const,
  });
  const make = async (wanted: readonly number[]) => {
    const made = new Map<string, Buffer>();
    for await (const conversion of convert(source, wanted.map(variant))) {
      if ("error" in conversion) throw conversion.error;
      if (Buffer.isBuffer(conversion.output.body)) made.set(conversion.variant, conversion.output.body);
    }
    return made;
  };
  const shared = await make(widths);
  const values: number[] = [];
  for (const width of widths) {
    const [a, b] = [shared.get(String(width)), (await make([width])).get(String(width))];
    if (!a || !b) throw new Error(`No picture of ${width} was made`);
    values.push(await similarity(a, b));
  }
  return Math.min(...values);
}

export const sizesGroup: Group = {
  name: "sizes",
  title,
  async run(bench) {
    const lines: Line[] = [];
    for (const [picture, what] of [
      ["24mp.png", "24 MP PNG"],
      ["24mp.jpg", "24 MP JPEG"],
    ] as const) {
      bench.say(what);
      lines.push(...(await linesOf(bench, picture, what)));
    }
    return lines;
  },
};
