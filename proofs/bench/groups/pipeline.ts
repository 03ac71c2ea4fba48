import { join } from "node:path";
import { numberText } from "@henkan/client/text";
import type { Bench, Group } from "../group.ts";
import { imageFile } from "../inputs/images.ts";
import { atMost, type Line } from "../line.ts";
import { percentile } from "../measure/statistics.ts";
import { CloudProcess } from "../pipeline/cloud.ts";
import { type Load, type Run, runLoad } from "../pipeline/load.ts";

const title = "The whole pipeline, here";

/** Fewer uploads do not show the time of the slowest hundredth. */
const leastUploads = 100;

function throughput({ uploads, inFlight }: Load, { latenciesMs, wallMs }: Run): Line[] {
  const seconds = (share: number) => `${(percentile(latenciesMs, share) / 1000).toFixed(2)} s`;
  const shares = latenciesMs.length < leastUploads ? [0.5] : [0.5, 0.95, 0.99];
  const percentiles = shares.map((share) => `p${share * 100} ${seconds(share)}`).join(", ");
  const note = `${percentiles} from PUT to the last variant at the CDN, of ${latenciesMs.length} uploads`;
  const name = `1 MP JPEG, ${numberText(inFlight)} in flight`;
  return [{ group: title, name, value: uploads / (wallMs / 1000), unit: "files/s", note }];
}

/** Returns the mean CPU in milliseconds that the converters alone take for a file. */
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

export const pipelineGroup: Group = {
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
    const { signal } = bench;
    const cloud = await CloudProcess.start(join(bench.directory, "cloud"), { signal });
    try {
      bench.say("warming up");
      await runLoad(cloud, { paths: [small, ...photos], uploads: 9, inFlight: 3 }, signal);
      const lines: Line[] = [];
      bench.say("12 MP photos");
      const load = { paths: photos, uploads: bench.quick ? 8 : 40, inFlight: 4 };
      lines.push(...tax("12 MP JPEG and PNG", bare, await runLoad(cloud, load, signal)));
      for (const inFlight of bench.quick ? [1, 10] : [1, 10, 100, 1000]) {
        bench.say(`${inFlight} uploads in flight`);
        const uploads = Math.max(bench.quick ? 10 : leastUploads, inFlight);
        const each = { paths: [small], uploads, inFlight };
        lines.push(...throughput(each, await runLoad(cloud, each, signal)));
      }
      return lines;
    } finally {
      await cloud.close();
    }
  },
};
