import type { Memory } from "../../processes/memory.ts";
import { freshMemory } from "../fresh-memory.ts";
import type { Group } from "../group.ts";
import { imageFile } from "../inputs/images.ts";
import { atMost } from "../line.ts";

const title = "Memory of a warm image function";

const megabytes = ({ residentMb, peakMb }: Memory) =>
  `${residentMb.toFixed(0)} MB, peak ${peakMb.toFixed(0)}`;

export const memoryGroup: Group = {
  name: "memory",
  title,
  async run(bench) {
    const paths: string[] = [];
    for (const name of ["12mp.jpg", "1mp.jpg", "12mp.png", "12mp.webp", "1mp.png", "24mp.jpg"] as const) {
      paths.push(await imageFile(bench.directory, name));
    }
    const count = bench.quick ? 30 : 150;
    const args = { paths, count };
    bench.say(`${count} images in each process`);
    const held = await freshMemory(bench, [
      { name: "ours", file: "warm-ours", args, env: { MALLOC_ARENA_MAX: "2" } },
      { name: "sharp's defaults", file: "warm-sharp", args },
    ]);
    const [ours, theirs] = [held.get("ours"), held.get("sharp's defaults")];
    if (!ours || !theirs) throw new Error("Nothing was measured");
    return [
      {
        group: title,
        name: `Resident after ${count} mixed images, against sharp's defaults`,
        value: ours.residentMb / theirs.residentMb,
        unit: "×",
        goal: atMost(0.6),
        note: `ours ${megabytes(ours)}; sharp's defaults ${megabytes(theirs)}`,
      },
    ];
  },
};
