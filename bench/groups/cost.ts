import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import * as v from "valibot";
import { type ConverterName, registry } from "../../converters/registry.ts";
import { assumed, bestMemory, billedSeconds, dollarsPerMillion, prices, type Work } from "../cost-model.ts";
import type { Bench, Group } from "../group.ts";
import { type ImageName, imageFile } from "../inputs/images.ts";
import type { Line } from "../line.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
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

async function caseOf(
  bench: Bench,
  endpoint: Endpoint,
  { converter, image, variants }: { converter: ConverterName; image: ImageName; variants: Plan["variants"] },
): Promise<{ settings: CaseSettings; bytes: number }> {
  const path = await imageFile(bench.directory, image);
  const [key, { size: bytes }] = [basename(path), await stat(path)];
  const etag = await endpoint.putFile({ key, path });
  const named = variants.map((options, index) => ({
    name: String(index),
    options: v.parse(registry[converter].options as v.GenericSchema, options),
  }));
  const args = { converter, key, etag, bytes, filename: key, variants: named };
  const env = { ...endpoint.variables, MALLOC_ARENA_MAX: "2" };
  return { settings: { name: "ours", file: "through-s3", args, env }, bytes };
}

async function peakOf(bench: Bench, endpoint: Endpoint, { converter, hardest }: Plan): Promise<number> {
  const peaks: number[] = [];
  for (const hard of bench.quick ? hardest.slice(-1) : hardest) {
    const { settings } = await caseOf(bench, endpoint, { converter, ...hard });
    const figures = await bench.contest([settings], { rounds: 1, warmUps: 0 });
    peaks.push(figures.get("ours")?.peakMb ?? Number.NaN);
  }
  return Math.max(...peaks);
}

async function linesOf(bench: Bench, endpoint: Endpoint, plan: Plan): Promise<Line[]> {
  const { converter, usual, variants } = plan;
  const { settings, bytes: bytesIn } = await caseOf(bench, endpoint, { converter, image: usual, variants });
  const figures = (await bench.contest([settings], { rounds: 9 })).get("ours");
  const work: Work = {
    cpuSeconds: (figures?.cpuMs ?? Number.NaN) / 1000,
    bytesIn,
    bytesOut: figures?.extra.bytesOut ?? Number.NaN,
    variants: variants.length,
  };
  bench.say(`${converter}: the most memory`);
  const peakMb = await peakOf(bench, endpoint, plan);
  const { memoryMb } = registry[converter];
  const seconds = billedSeconds(work, memoryMb).toFixed(2);
  const best = bestMemory(work, peakMb);
  return [
    {
      group: title,
      name: `${converter}: a million of ${usual}, ${variants.length} variants, at ${memoryMb} MB`,
      value: dollarsPerMillion(work, memoryMb),
      unit: "USD",
      note: `${Math.round(work.cpuSeconds * 1000)} ms CPU here, ${seconds} s billed each`,
    },
    {
      group: title,
      name: `${converter}: memory size that holds the peak and is cheapest`,
      value: best,
      unit: "MB",
      note: `peak ${Math.round(peakMb)} MB; ${dollarsPerMillion(work, best).toFixed(2)} USD there; the registry has ${memoryMb} MB`,
    },
  ];
}

export const cost: Group = {
  name: "cost",
  title: `${title}: ${prices.region}, prices of ${prices.date}, ${assumed.roundTripSeconds * 1000} ms a request`,
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
