import { join } from "node:path";
import type { Bench, Group } from "../group.ts";
import { atLeast, atMost, type Line } from "../line.ts";
import { cpuRatio, field } from "../ratio.ts";
import { type Endpoint, startEndpoint } from "../s3/endpoint.ts";
import { type Material, materials } from "../zip/material.ts";
import { ifRoom } from "../zip/room.ts";
import { copiesWhenLarge, copiesWhenSmall, inTurns, onceEach, type ZipContest } from "../zip/rounds.ts";

const title = "Zip, from S3 to S3";

/** Sizes of the inputs, in megabytes of 2^20 bytes. */
interface Sizes {
  readonly turns: number;
  /** The sizes whose peak memory is compared. */
  readonly small: number;
  readonly large: number;
}

const wholeSizes: Sizes = { turns: 200, small: 200, large: 2048 };
const quickSizes: Sizes = { turns: 50, small: 50, large: 200 };

/** Returns the lines of a contest in which all contenders take turns. */
async function againstAll(
  bench: Bench,
  endpoint: Endpoint,
  material: Material,
  { turns }: Sizes,
): Promise<Line[]> {
  const { what, results } = await inTurns(bench, endpoint, material, turns);
  return [...(material.store ? copyLines({ what, results }) : []), ...field(title, what, results, "ours")];
}

/** Returns the peak memory of the first zip in a process, small and large, and of the others for the large one. */
async function whenLarge(
  bench: Bench,
  endpoint: Endpoint,
  material: Material,
  sizes: Sizes,
): Promise<Line[]> {
  const small = await onceEach(bench, endpoint, material, sizes.small, false);
  const large = await onceEach(bench, endpoint, material, sizes.large, material.contestedWhenLarge);
  return [...memoryLines(material, sizes, small, large), ...field(title, large.what, large.results, "ours")];
}

function memoryLines({ what }: Material, sizes: Sizes, small: ZipContest, large: ZipContest): Line[] {
  const peakOf = ({ results }: ZipContest) => results.get("ours")?.peakMb ?? Number.NaN;
  const [least, most] = [peakOf(small), peakOf(large)];
  return [
    {
      ...peakLine(what, sizes),
      value: most,
      goal: atMost(160),
      note: `${least.toFixed(0)} MB at ${sizes.small} MB, ${most.toFixed(0)} MB at ${sizes.large} MB`,
    },
    {
      group: title,
      name: `${what}: peak memory, above that at ${sizes.small} MB`,
      value: most - least,
      unit: "MB",
      goal: atMost(16),
    },
  ];
}

function peakLine(what: string, { large }: Sizes): Line {
  return { group: title, name: `${what}: peak memory at ${large} MB`, unit: "MB" };
}

function copyLines({ what, results: figures }: ZipContest): Line[] {
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

export const zipGroup: Group = {
  name: "zip",
  title,
  async run(bench) {
    const sizes = bench.quick ? quickSizes : wholeSizes;
    const endpoint = await startEndpoint(join(bench.directory, "s3"));
    const stop = () => endpoint.close();
    bench.signal.addEventListener("abort", stop, { once: true });
    try {
      const lines: Line[] = [];
      for (const material of materials) {
        bench.say(`${sizes.turns} MB of ${material.what}`);
        const line = { group: title, name: `${sizes.turns} MB of ${material.what}`, unit: "×" };
        const need = { line, megabytes: copiesWhenSmall * sizes.turns };
        lines.push(...(await ifRoom(bench, need, () => againstAll(bench, endpoint, material, sizes))));
      }
      for (const material of materials) {
        bench.say(`${sizes.large} MB of ${material.what}`);
        const need = { line: peakLine(material.what, sizes), megabytes: copiesWhenLarge * sizes.large };
        lines.push(...(await ifRoom(bench, need, () => whenLarge(bench, endpoint, material, sizes))));
      }
      return lines;
    } finally {
      bench.signal.removeEventListener("abort", stop);
      stop();
    }
  },
};
