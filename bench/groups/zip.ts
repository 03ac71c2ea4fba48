import { statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, Group } from "../group.ts";
import { type DataKind, dataBlocks } from "../inputs/data.ts";
import { atLeast, atMost, type Line } from "../line.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
import type { Figures } from "../measure/contest.ts";
import { quoted } from "../measure/tool.ts";
import { cpuRatio, field } from "../ratio.ts";
import { type Endpoint, startEndpoint } from "../s3/endpoint.ts";

const title = "Zip, from S3 to S3";
const mebibyte = 2 ** 20;

interface Material {
  readonly what: string;
  readonly kind: DataKind;
  readonly filename: string;
  readonly contentType: string;
  /** Whether it is stored as it is: the contenders are told, ours finds out. */
  readonly store: boolean;
}

const materials: readonly Material[] = [
  { what: "JPEG", kind: "noise", filename: "a.jpg", contentType: "image/jpeg", store: true },
  { what: "text", kind: "text", filename: "a.txt", contentType: "text/plain", store: false },
  { what: "mixed", kind: "mixed", filename: "a.bin", contentType: "application/octet-stream", store: false },
];

class Zips {
  readonly #bench: Bench;
  readonly #endpoint: Endpoint;

  constructor(bench: Bench, endpoint: Endpoint) {
    this.#bench = bench;
    this.#endpoint = endpoint;
  }

  /** Contenders by name, over `megabytes` of the material put into S3. */
  async cases(material: Material, megabytes: number): Promise<(name: string, file: string) => CaseSettings> {
    const { kind, contentType, filename, store } = material;
    const [key, bytes] = [`${material.what}-${megabytes}`, megabytes * mebibyte];
    const etag = await this.#endpoint.put({ key, kind, bytes, contentType });
    const args = { key, etag, bytes, filename, store };
    return (name, file) => ({ name, file, args, env: this.#endpoint.variables });
  }

  async against(material: Material, megabytes: number): Promise<Line[]> {
    const bench = this.#bench;
    const contender = await this.cases(material, megabytes);
    const path = join(bench.directory, `plain.${material.kind}`);
    const [zip, gzip] = [bench.tool("zip"), bench.tool("libdeflate-gzip")];
    if (zip || gzip) await writeFile(path, dataBlocks(material.kind, megabytes * mebibyte, 1));
    const level = material.store ? 0 : 5;
    const tool = (name: string, line: string | undefined) => line && { name, file: "tool", args: { line } };
    const figures = await bench.contest(
      [
        contender("ours", "zip-ours"),
        contender("archiver + lib-storage", "zip-archiver"),
        contender("yazl + lib-storage", "zip-yazl"),
        contender("zip-stream + lib-storage", "zip-zip-stream"),
        contender("our copy", "copy-ours"),
        contender("the SDK's copy", "copy-defaults"),
        tool("zip, from disk to nowhere", zip && `${zip} -q -${level} - ${quoted(path)} > /dev/null`) ||
          undefined,
        material.store
          ? undefined
          : tool("libdeflate, from disk to nowhere", gzip && `${gzip} -5 -c ${quoted(path)} > /dev/null`) ||
            undefined,
      ],
      { rounds: material.store ? 9 : 3 },
    );
    const what = `${megabytes} MB of ${material.what}`;
    return [...(material.store ? copyLines(what, figures) : []), ...field(title, what, figures, "ours")];
  }

  /** Peak memory of the first zip in a process, by megabytes. */
  async memory(material: Material, sizes: readonly [number, number]): Promise<Line[]> {
    const peaks: number[] = [];
    for (const megabytes of sizes) {
      const contender = await this.cases(material, megabytes);
      const figures = await this.#bench.contest([contender("ours", "zip-ours")], { rounds: 1, warmUps: 0 });
      peaks.push(figures.get("ours")?.peakMb ?? Number.NaN);
    }
    const [small = Number.NaN, large = Number.NaN] = peaks;
    const [name, unit] = [`${material.what}: peak memory`, "MB"];
    const note = `${small.toFixed(0)} MB at ${sizes[0]} MB, ${large.toFixed(0)} MB at ${sizes[1]} MB`;
    return [
      { group: title, name: `${name} at ${sizes[1]} MB`, value: large, unit, goal: atMost(160), note },
      {
        group: title,
        name: `${name}, above that at ${sizes[0]} MB`,
        value: large - small,
        unit,
        goal: atMost(16),
      },
    ];
  }
}

function copyLines(what: string, figures: ReadonlyMap<string, Figures>): Line[] {
  const line = (name: string, of: string, against: string, goal?: number) => ({
    ...cpuRatio({ group: title, name, figures, of, against }),
    goal: goal === undefined ? undefined : atLeast(goal),
  });
  return [
    line(`${what}: bytes per CPU-second against our own plain copy`, "our copy", "ours"),
    line(`${what}: bytes per CPU-second against the SDK's plain copy`, "the SDK's copy", "ours", 0.9),
    line(`${what}: our plain copy against the SDK's`, "the SDK's copy", "our copy", 1.5),
  ];
}

/** The object, its archive, and the archive's parts before they are put together. */
const copiesOnDisk = 3;

async function hasRoomFor(directory: string, megabytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize > copiesOnDisk * megabytes * mebibyte;
}

export const zip: Group = {
  name: "zip",
  title,
  async run(bench) {
    const endpoint = await startEndpoint(join(bench.directory, "s3"));
    const stop = () => endpoint.close();
    bench.signal.addEventListener("abort", stop, { once: true });
    try {
      const zips = new Zips(bench, endpoint);
      const lines: Line[] = [];
      const small = bench.quick ? 50 : 200;
      for (const material of materials) {
        bench.say(`${small} MB of ${material.what}`);
        lines.push(...(await zips.against(material, small)));
      }
      const sizes = bench.quick ? ([50, 200] as const) : ([200, 2048] as const);
      for (const material of materials) {
        if (await hasRoomFor(bench.directory, sizes[1])) {
          bench.say(`memory at ${sizes[1]} MB of ${material.what}`);
          lines.push(...(await zips.memory(material, sizes)));
        } else {
          const note = `left out: ${bench.directory} has no room for ${copiesOnDisk * sizes[1]} MB`;
          bench.say(note);
          lines.push({
            group: title,
            name: `${material.what}: peak memory at ${sizes[1]} MB`,
            unit: "MB",
            note,
          });
        }
      }
      return lines;
    } finally {
      bench.signal.removeEventListener("abort", stop);
      stop();
    }
  },
};
