import { join } from "node:path";
import type { Bench, Group } from "../group.ts";
import { type ImageContender, imageContenders } from "../image-contenders.ts";
import { writeDeflatedPixels } from "../inputs/deflated-pixels.ts";
import { imageFile } from "../inputs/images.ts";
import { atMost, type Line } from "../line.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
import { quoted, runTools } from "../measure/tool.ts";
import { cpuRatio, field } from "../ratio.ts";

const title = "PNG to JPEG at equal SSIM";
const quality = 80;
const limit = "inflate + cjpeg";

/** The lowest quality at which `contender` looks as good as `target`, found on a small picture. */
async function equalQuality(
  bench: Bench,
  contender: ImageContender,
  path: string,
  target: number,
): Promise<number> {
  const { similarity } = await import("../similarity.ts");
  const out = join(bench.directory, "quality.jpg");
  let [low, high] = [quality - 12, quality + 12];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    await bench.contest([contender.case({ path, quality: middle, out })], { rounds: 1, warmUps: 0 });
    if ((await similarity(path, out)) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function ownSimilarity(bench: Bench, path: string): Promise<number> {
  const { similarity } = await import("../similarity.ts");
  const out = join(bench.directory, "quality.jpg");
  await bench.contest([{ name: "ours", file: "png-to-jpg", args: { path, quality, out } }], {
    rounds: 1,
    warmUps: 0,
  });
  return similarity(path, out);
}

/** libdeflate inflates the pixels and libjpeg-turbo compresses them: nobody else filters, copies or thinks. */
async function limitCase(bench: Bench, path: string): Promise<CaseSettings | undefined> {
  const [gunzip, cjpeg, pngtopnm] = [
    bench.tool("libdeflate-gunzip"),
    bench.tool("cjpeg"),
    bench.tool("pngtopnm"),
  ];
  if (!gunzip || !cjpeg || !pngtopnm) return undefined;
  const [pixels, pnm] = [join(bench.directory, "pixels.gz"), join(bench.directory, "pixels.ppm")];
  await writeDeflatedPixels(path, pixels);
  await runTools(`${pngtopnm} ${quoted(path)} > ${quoted(pnm)}`);
  const line = `${gunzip} -c ${quoted(pixels)} > /dev/null; ${cjpeg} -quality ${quality} ${quoted(pnm)} > /dev/null`;
  return { name: limit, file: "tool", args: { line } };
}

async function growth(bench: Bench): Promise<Line> {
  const megapixels = bench.quick ? ([12, 24] as const) : ([12, 96] as const);
  const peaks: number[] = [];
  for (const size of megapixels) {
    const path = await imageFile(bench.directory, `${size}mp.png`);
    const file = "png-to-jpg-unlimited";
    const figures = await bench.contest([{ name: "ours", file, args: { path, quality } }], {
      rounds: 1,
      warmUps: 0,
    });
    peaks.push(figures.get("ours")?.peakMb ?? Number.NaN);
  }
  const [small = Number.NaN, large = Number.NaN] = peaks;
  return {
    group: title,
    name: `Peak memory, ${megapixels[0]} to ${megapixels[1]} MP`,
    value: (large - small) / (megapixels[1] - megapixels[0]),
    unit: "MB per megapixel",
    goal: atMost(0.3),
    note: `${small.toFixed(0)} and ${large.toFixed(0)} MB resident`,
  };
}

export const png: Group = {
  name: "png",
  title,
  async run(bench) {
    const [path, smallPath] = [
      await imageFile(bench.directory, "12mp.png"),
      await imageFile(bench.directory, "1mp.png"),
    ];
    const target = await ownSimilarity(bench, smallPath);
    const cases: (CaseSettings | undefined)[] = [
      { name: "ours", file: "png-to-jpg", args: { path, quality } },
      await limitCase(bench, path),
    ];
    for (const contender of imageContenders(bench)) {
      bench.signal.throwIfAborted();
      if (!contender.case({ path, quality })) continue;
      bench.say(`the quality at which ${contender.name} looks as good as ours`);
      cases.push(contender.case({ path, quality: await equalQuality(bench, contender, smallPath, target) }));
    }
    const figures = await bench.contest(cases, { rounds: 7 });
    const ratio = { group: title, name: `12 MP: ours against ${limit}`, figures, of: "ours", against: limit };
    bench.say("memory");
    return [
      cpuRatio({ ...ratio, goal: atMost(1.5) }),
      ...field(title, "12 MP", figures, "ours"),
      await growth(bench),
    ];
  },
};
