import { rm } from "node:fs/promises";
import { join } from "node:path";
import { equalQuality, type Found } from "../equal-quality.ts";
import { freshMemory } from "../fresh-memory.ts";
import type { Bench, Group } from "../group.ts";
import { contendersForAnyFormat, type ImageContender, imageContenders } from "../image-contenders.ts";
import { writeDeflatedPixels } from "../inputs/deflated-pixels.ts";
import { imageFile } from "../inputs/images.ts";
import { atMost, type Line } from "../line.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
import { absent, type Missing } from "../measure/contest.ts";
import { programCase } from "../measure/program-case.ts";
import { quoted, runTools } from "../measure/tool.ts";
import { cpuRatio, field } from "../ratio.ts";
import { similarity } from "../similarity.ts";

const title = "PNG to JPEG at equal SSIM";
const quality = 80;
const range = [quality - 12, quality + 12] as const;
const limit = "inflate + cjpeg";

/** The picture for the search of a quality, because the SSIM of 12 MP would take minutes. */
const searched = { name: "1mp.png", what: "1 MP" } as const;

const ours = (path: string, out?: string) => ({
  name: "ours",
  file: "png-to-jpg",
  args: { path, quality, out },
});

/** Returns the SSIM of a contender's picture to the one at `path`, or the reason why the contender makes none. */
async function similarityAt(
  bench: Bench,
  path: string,
  tried: number,
  make: (out: string) => CaseSettings | Missing,
): Promise<Found | Missing> {
  const out = join(bench.directory, "quality.jpg");
  // Deletes the output of another contender.
  await rm(out, { force: true });
  const settings = make(out);
  const once = "missing" in settings ? settings : { ...settings, startUp: undefined };
  const { missing } = await bench.contest([once], { rounds: 1, warmUps: 0 });
  const why = missing?.get(settings.name);
  if (why !== undefined) return { name: settings.name, missing: why };
  return { quality: tried, similarity: await similarity(path, out) };
}

/** Returns the quality at which a picture is as good as ours, by contender. */
async function equalQualities(bench: Bench): Promise<ReadonlyMap<string, Found | Missing>> {
  const path = await imageFile(bench.directory, searched.name);
  const tiny = await imageFile(bench.directory, "tiny.png");
  const own = await similarityAt(bench, path, quality, (out) => ours(path, out));
  if ("missing" in own) throw new Error(own.missing);
  const found = new Map<string, Found | Missing>([["ours", own]]);
  for (const contender of imageContenders(bench)) {
    bench.signal.throwIfAborted();
    bench.say(`the quality at which ${contender.name} looks as good as ours`);
    const at = (tried: number) =>
      similarityAt(bench, path, tried, (out) => contender.case({ path, tiny, quality: tried, out }));
    found.set(contender.name, await equalQuality(at, own.similarity, range));
  }
  return found;
}

/** Describes the qualities for the notes. */
function remarks(qualities: ReadonlyMap<string, Found | Missing>): ReadonlyMap<string, string> {
  const own = qualities.get("ours");
  const target = own && "similarity" in own ? own.similarity : Number.NaN;
  const remarkOf = (found: Found) => {
    const reached = found.similarity >= target ? "" : "not reached: ";
    const [like, wanted] = [found.similarity.toFixed(4), target.toFixed(4)];
    return `${reached}quality ${found.quality}, SSIM ${like} on ${searched.what}, ours ${quality}, ${wanted}`;
  };
  return new Map(
    [...qualities].flatMap(([name, found]) => ("missing" in found ? [] : [[name, remarkOf(found)] as const])),
  );
}

/** The limit: libdeflate inflates the pixels and libjpeg-turbo compresses them, without any other work. */
async function limitCase(bench: Bench, path: string, tiny: string): Promise<CaseSettings | Missing> {
  const [gunzip, cjpeg, pngtopnm] = ["libdeflate-gunzip", "cjpeg", "pngtopnm"].map((name) =>
    bench.tool(name),
  );
  if (!gunzip || !cjpeg || !pngtopnm) return absent(limit);
  const lineOf = async (picture: string) => {
    const [pixels, pnm] = [`${picture}.gz`, `${picture}.ppm`];
    await writeDeflatedPixels(picture, pixels);
    await runTools(`${pngtopnm} ${quoted(picture)} > ${quoted(pnm)}`);
    return `${gunzip} -c ${quoted(pixels)} > /dev/null && ${cjpeg} -quality ${quality} ${quoted(pnm)} > /dev/null`;
  };
  return programCase(limit, await lineOf(path), await lineOf(tiny));
}

function caseAt(
  contender: ImageContender,
  found: Found | Missing | undefined,
  task: { readonly path: string; readonly tiny: string; readonly flatten?: boolean },
): CaseSettings | Missing {
  if (!found || "missing" in found) return found ?? absent(contender.name);
  return contender.case({ ...task, quality: found.quality });
}

async function growth(bench: Bench): Promise<Line> {
  const megapixels = bench.quick ? ([12, 24] as const) : ([12, 96] as const);
  const cases: CaseSettings[] = [];
  for (const size of megapixels) {
    const path = await imageFile(bench.directory, `${size}mp.png`);
    cases.push({ name: `${size}`, file: "png-to-jpg-unlimited", args: { path, quality } });
  }
  const held = await freshMemory(bench, cases);
  const [small = Number.NaN, large = Number.NaN] = megapixels.map((size) => held.get(`${size}`)?.peakMb);
  return {
    group: title,
    name: `Peak memory, ${megapixels[0]} to ${megapixels[1]} MP`,
    value: (large - small) / (megapixels[1] - megapixels[0]),
    unit: "MB per megapixel",
    goal: atMost(0.3),
    note: `${small.toFixed(0)} and ${large.toFixed(0)} MB resident`,
  };
}

export const pngGroup: Group = {
  name: "png",
  title,
  async run(bench) {
    const qualities = await equalQualities(bench);
    const found = remarks(qualities);
    const picture = async (name: "12mp" | "12mp-alpha", tiny: "tiny" | "tiny-alpha") => ({
      path: await imageFile(bench.directory, `${name}.png`),
      tiny: await imageFile(bench.directory, `${tiny}.png`),
    });

    bench.say("12 MP");
    const opaque = await picture("12mp", "tiny");
    const figures = await bench.contest(
      [
        ours(opaque.path),
        await limitCase(bench, opaque.path, opaque.tiny),
        ...imageContenders(bench).map((each) => caseAt(each, qualities.get(each.name), opaque)),
      ],
      { rounds: 7 },
    );
    bench.say("12 MP with alpha");
    const alpha = { ...(await picture("12mp-alpha", "tiny-alpha")), flatten: true };
    const flattened = await bench.contest(
      [
        ours(alpha.path),
        ...contendersForAnyFormat(bench).map((each) => caseAt(each, qualities.get(each.name), alpha)),
      ],
      { rounds: 7 },
    );
    bench.say("memory");
    const ratio = { group: title, name: `12 MP: ours against ${limit}`, figures, of: "ours", against: limit };
    return [
      cpuRatio({ ...ratio, goal: atMost(1.5) }),
      ...field(title, "12 MP", figures, "ours", found),
      ...field(title, "12 MP with alpha, at these qualities", flattened, "ours"),
      await growth(bench),
    ];
  },
};
