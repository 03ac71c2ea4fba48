import type { Group } from "../group.ts";
import { imageFile } from "../inputs/images.ts";
import { atMost } from "../line.ts";

const title = "Memory of a warm image function";

export const memory: Group = {
  name: "memory",
  title,
  async run(bench) {
    const paths: string[] = [];
    for (const name of ["12mp.jpg", "1mp.jpg", "12mp.png", "12mp.webp", "1mp.png", "24mp.jpg"] as const) {
      paths.push(await imageFile(bench.directory, name));
    }
    const count = bench.quick ? 30 : 150;
    const resident: number[] = [];
    for (const [file, env] of [
      ["warm-ours", { MALLOC_ARENA_MAX: "2" }],
      ["warm-sharp", {}],
    ] as const) {
      bench.say(`${count} images, ${file}`);
      const figures = await bench.contest([{ name: file, file, args: { paths, count }, env }], {
        rounds: 1,
        warmUps: 0,
      });
      resident.push(figures.get(file)?.residentMb ?? Number.NaN);
    }
    const [ours = Number.NaN, theirs = Number.NaN] = resident;
    return [
      {
        group: title,
        name: `Resident after ${count} mixed images, against sharp's defaults`,
        value: ours / theirs,
        unit: "×",
        goal: atMost(0.6),
        note: `${ours.toFixed(0)} and ${theirs.toFixed(0)} MB`,
      },
    ];
  },
};
