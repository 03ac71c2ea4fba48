import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import mime from "mime";
import { UploadClient } from "../../cli/upload-client.ts";
import type { Bench, Group } from "../group.ts";
import { imageFile } from "../inputs/images.ts";
import { atMost, type Line } from "../line.ts";
import { percentile } from "../measure/statistics.ts";
import { CloudProcess } from "../pipeline/cloud.ts";

const title = "The whole pipeline, here";

interface Load {
  readonly paths: readonly string[];
  readonly uploads: number;
  readonly inFlight: number;
}

interface Run {
  /** From the end of the PUT to the last variant read at the CDN. */
  readonly latenciesMs: readonly number[];
  readonly wallMs: number;
  /** Per file, of the cloud's own process and of the functions'. */
  readonly cloudMs: number;
  readonly functionsMs: number;
}

async function readAll(urls: readonly string[]): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url} answered ${response.status} although it was announced`);
    }),
  );
}

async function runLoad(bench: Bench, cloud: CloudProcess, { paths, uploads, inFlight }: Load): Promise<Run> {
  const client = new UploadClient(cloud.api);
  const latenciesMs: number[] = [];
  let begun = 0;

  async function upload(): Promise<void> {
    while (begun < uploads) {
      bench.signal.throwIfAborted();
      const path = paths[begun % paths.length] ?? "";
      begun += 1;
      const bytes = await readFile(path);
      const created = await client.create({
        filename: basename(path),
        contentType: mime.getType(path) ?? "",
        size: bytes.length,
      });
      await client.put(created, path);
      const put = performance.now();
      await cloud.completion(created.id, created.variants.length);
      await readAll(created.variants.map(({ url }) => url));
      latenciesMs.push(performance.now() - put);
    }
  }

  const before = cloud.cpu();
  const begin = performance.now();
  await Promise.all(Array.from({ length: inFlight }, upload));
  const wallMs = performance.now() - begin;
  const after = cloud.cpu();
  const perFile = (of: "parentMs" | "childrenMs") =>
    ((after?.[of] ?? Number.NaN) - (before?.[of] ?? Number.NaN)) / uploads;
  return { latenciesMs, wallMs, cloudMs: perFile("parentMs"), functionsMs: perFile("childrenMs") };
}

function throughput({ uploads, inFlight }: Load, { latenciesMs, wallMs }: Run): Line[] {
  const seconds = (share: number) => `${(percentile(latenciesMs, share) / 1000).toFixed(2)} s`;
  const note = `p50 ${seconds(0.5)}, p95 ${seconds(0.95)}, p99 ${seconds(0.99)} from PUT to the last variant at the CDN`;
  const name = `1 MP JPEG, ${inFlight.toLocaleString("en")} in flight`;
  return [{ group: title, name, value: uploads / (wallMs / 1000), unit: "files/s", note }];
}

/** What the converters alone take for a file of each path, on average. */
async function bareMs(bench: Bench, paths: readonly string[]): Promise<number> {
  const figures = await bench.contest(
    paths.map((path) => ({
      name: path,
      file: "bare-conversions",
      args: { path },
      env: { MALLOC_ARENA_MAX: "2" },
    })),
    { rounds: 7 },
  );
  return [...figures.values()].reduce((sum, { cpuMs }) => sum + cpuMs, 0) / paths.length;
}

function tax(what: string, bare: number, { cloudMs, functionsMs }: Run): Line[] {
  const note = `bare ${bare.toFixed(0)} ms, functions ${functionsMs.toFixed(0)} ms, local cloud ${cloudMs.toFixed(0)} ms a file`;
  return [
    {
      group: title,
      name: `${what}: CPU of the functions against the bare conversions`,
      value: functionsMs / bare,
      unit: "×",
      goal: atMost(1.4),
      note,
    },
    {
      group: title,
      name: `${what}: CPU of everything against the bare conversions`,
      value: (functionsMs + cloudMs) / bare,
      unit: "×",
      goal: atMost(1.4),
      note,
    },
  ];
}

export const pipeline: Group = {
  name: "pipeline",
  title,
  async run(bench) {
    const small = await imageFile(bench.directory, "1mp.jpg");
    const photos = [
      await imageFile(bench.directory, "12mp.jpg"),
      await imageFile(bench.directory, "12mp.png"),
    ];
    bench.say("the bare conversions");
    const bare = await bareMs(bench, photos);
    const cloud = await CloudProcess.start(join(bench.directory, "cloud"));
    const stop = () => void cloud.close();
    bench.signal.addEventListener("abort", stop, { once: true });
    try {
      bench.say("warming up");
      await runLoad(bench, cloud, { paths: [small, ...photos], uploads: 9, inFlight: 3 });
      const lines: Line[] = [];
      bench.say("12 MP photos");
      const load = { paths: photos, uploads: bench.quick ? 8 : 40, inFlight: 4 };
      lines.push(...tax("12 MP JPEG and PNG", bare, await runLoad(bench, cloud, load)));
      for (const inFlight of bench.quick ? [1, 10] : [1, 10, 100, 1000]) {
        bench.say(`${inFlight} uploads in flight`);
        const uploads = Math.max(bench.quick ? 10 : 40, inFlight);
        const each = { paths: [small], uploads, inFlight };
        lines.push(...throughput(each, await runLoad(bench, cloud, each)));
      }
      return lines;
    } finally {
      bench.signal.removeEventListener("abort", stop);
      await cloud.close();
    }
  },
};
