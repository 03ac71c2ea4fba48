import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { assumedNetwork, type MeasuredConversion, prices } from "@henkan/cli/cost";
import { bytesText } from "@henkan/client/text";
import * as v from "valibot";
import { type ConverterName, registry } from "../../../converters/registry.ts";
import type { Bench, Group } from "../group.ts";
import { type ImageName, imageFile } from "../inputs/images.ts";
import type { Line } from "../line.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
import { bestMemory, dollarsPerMillion, memorySizes, secondsPerUpload } from "../memory-size.ts";
import { type Endpoint, startEndpoint } from "../s3/endpoint.ts";

const title = "Modelled cost on AWS";

interface Plan {
  readonly converter: ConverterName;
  readonly usual: ImageName;
  readonly variants: readonly Record<string, unknown>[];
  /** The most demanding pictures within the limits, each with what is the most to ask of it. */
  readonly hardest: readonly {
    readonly image: ImageName;
    readonly variants: readonly Record<string, unknown>[];
  }[];
}

const plans: readonly Plan[] = [
  {
    converter: "resize",
    usual: "12mp.jpg",
    variants: [
      { width: 300, height: 300 },
      { width: 1280, format: "webp" },
    ],
    hardest: [
      { image: "50mp-progressive.jpg", variants: [{ width: 8160 }, { width: 4000, format: "avif" }] },
      { image: "50mp.png", variants: [{ width: 8160 }, { width: 4000, format: "avif" }] },
      { image: "50mp-interlaced.png", variants: [{ width: 8160, format: "webp" }, { width: 300 }] },
    ],
  },
  {
    converter: "png-to-jpg",
    usual: "12mp.png",
    variants: [{}],
    hardest: [
      { image: "50mp-interlaced.png", variants: [{}, { quality: 60 }] },
      { image: "50mp.png", variants: [{ mozjpeg: true }, {}] },
    ],
  },
  {
    converter: "zip",
    usual: "12mp.png",
    variants: [{}],
    hardest: [{ image: "50mp.png", variants: [{}, { level: 9 }] }],
  },
];

interface Stored {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

async function stored(bench: Bench, endpoint: Endpoint, image: ImageName): Promise<Stored> {
  const path = await imageFile(bench.directory, image);
  const key = basename(path);
  return { key, bytes: (await stat(path)).size, etag: await endpoint.putFile({ key, path }) };
}

function caseOf(
  endpoint: Endpoint,
  { converter, variants }: Pick<Plan, "converter" | "variants">,
  object: Stored,
): CaseSettings {
  const named = variants.map((options, index) => ({
    name: String(index),
    options: v.parse(registry[converter].options as v.GenericSchema, options),
  }));
  const args = { converter, ...object, filename: object.key, variants: named };
  const env = { ...endpoint.variables, MALLOC_ARENA_MAX: "2" };
  return { name: "ours", file: "through-s3", args, env };
}

async function peakOf(bench: Bench, endpoint: Endpoint, { converter, hardest }: Plan): Promise<number> {
  const peaks: number[] = [];
  for (const { image, variants } of bench.quick ? hardest.slice(-1) : hardest) {
    const settings = caseOf(endpoint, { converter, variants }, await stored(bench, endpoint, image));
    const figures = await bench.contest([settings], { rounds: 1, warmUps: 0 });
    peaks.push(figures.get("ours")?.peakMb ?? Number.NaN);
  }
  return Math.max(...peaks);
}

/**
 * Returns the share of one CPU that the converter's promised pace needs with the slowest input: text at the highest level.
 * Returns 0 for a converter that promises no pace.
 */
async function cpuShareOf(bench: Bench, endpoint: Endpoint, converter: ConverterName): Promise<number> {
  const { mibPerSecond } = registry[converter];
  if (mibPerSecond === undefined) return 0;
  const [key, bytes] = ["slowest.txt", slowestMib * 2 ** 20];
  const etag = await endpoint.put({ key, kind: "text", bytes, contentType: "text/plain" });
  const settings = caseOf(endpoint, { converter, variants: [{ level: 9 }] }, { key, etag, bytes });
  const figures = await bench.contest([settings], { rounds: 3, warmUps: 0 });
  const cpuSeconds = (figures.get("ours")?.cpuMs ?? Number.NaN) / 1000;
  return (mibPerSecond * cpuSeconds) / slowestMib;
}

const slowestMib = 64;

async function linesOf(bench: Bench, endpoint: Endpoint, plan: Plan): Promise<Line[]> {
  const { converter, usual, variants } = plan;
  const object = await stored(bench, endpoint, usual);
  const figures = (await bench.contest([caseOf(endpoint, plan, object)], { rounds: 9 })).get("ours");
  const conversion: MeasuredConversion = {
    cpuSeconds: (figures?.cpuMs ?? Number.NaN) / 1000,
    bytesIn: object.bytes,
    bytesOut: figures?.extra.bytesOut ?? Number.NaN,
    variants: variants.length,
  };
  bench.say(`${converter}: the most memory`);
  const peakMb = await peakOf(bench, endpoint, plan);
  const cpuShare = await cpuShareOf(bench, endpoint, converter);
  const { memoryMb, mibPerSecond } = registry[converter];
  const best = bestMemory(conversion, { peakMb, cpuShare });
  if (best !== memoryMb)
    bench.say(`${converter}: this model says ${best} MB, the registry has ${memoryMb} MB`);
  const dollars = (size: number) => dollarsPerMillion(conversion, size).toFixed(2);
  const pace =
    cpuShare > 0
      ? `${cpuShare.toFixed(2)} of a CPU for ${bytesText((mibPerSecond ?? 0) * 2 ** 20)}/s of text at level 9; `
      : "";
  return [
    {
      group: title,
      name: `${converter}: a million of ${usual}, ${variants.length} variants, at ${memoryMb} MB`,
      value: dollarsPerMillion(conversion, memoryMb),
      unit: "USD",
      note: `${Math.round(conversion.cpuSeconds * 1000)} ms CPU here, ${secondsPerUpload(conversion, memoryMb).toFixed(2)} s billed each`,
    },
    {
      group: title,
      name: `${converter}: memory size by this model`,
      value: best,
      unit: "MB",
      note: `peak ${Math.round(peakMb)} MB; ${pace}${memorySizes.map((size) => `${dollars(size)} USD at ${size}`).join(", ")}; the registry has ${memoryMb} MB`,
    },
  ];
}

export const costGroup: Group = {
  name: "cost",
  title: `${title}: ${prices.region}, prices of ${prices.date}, ${assumedNetwork.roundTripSeconds * 1000} ms a request`,
  async run(bench) {
    const endpoint = await startEndpoint(join(bench.directory, "cost-s3"));
    const stop = () => endpoint.close();
    bench.signal.addEventListener("abort", stop, { once: true });
    try {
      const lines: Line[] = [];
      for (const plan of plans) {
        bench.say(`${plan.converter}: CPU`);
        lines.push(...(await linesOf(bench, endpoint, plan)));
      }
      return lines;
    } finally {
      bench.signal.removeEventListener("abort", stop);
      stop();
    }
  },
};
