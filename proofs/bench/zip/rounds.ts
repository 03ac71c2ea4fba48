import type { Bench } from "../group.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
import type { Figures, Missing, Results } from "../measure/contest.ts";
import type { Endpoint } from "../s3/endpoint.ts";
import { ZipInput } from "./input.ts";
import type { Material } from "./material.ts";

/** The other libraries that zip from S3 to S3. */
const libraries = [
  ["archiver + lib-storage", "zip-archiver"],
  ["yazl + lib-storage", "zip-yazl"],
  ["zip-stream + lib-storage", "zip-zip-stream"],
] as const;

/** Measures once, because the first run of a process shows its peak memory. */
const once = { rounds: 1, warmUps: 0 } as const;

/** The input in S3 and on disk, our archive and copy, those of the others, and the output in progress. */
export const copiesWhenSmall = 7;
/** The input and one output. */
export const copiesWhenLarge = 2;

/** A contest over some megabytes of a material. */
export interface ZipContest {
  readonly what: string;
  readonly results: Results;
}

/** Measures all contenders in turns, in warm processes. */
export async function inTurns(
  bench: Bench,
  endpoint: Endpoint,
  material: Material,
  megabytes: number,
): Promise<ZipContest> {
  const input = new ZipInput(bench, endpoint, material, megabytes);
  try {
    const contender = await input.inS3();
    const { zip, limit } = await input.onDisk();
    const contenders = [
      contender("ours", "zip-ours"),
      ...libraries.map(([name, file]) => contender(name, file)),
      contender("our copy", "copy-ours"),
      contender("the SDK's copy", "copy-defaults"),
      zip,
      limit,
    ];
    const results = await bench.contest(contenders, { rounds: material.store ? 9 : 3 });
    return { what: input.what, results };
  } finally {
    await input.leaveDisk();
    await input.leaveS3();
  }
}

/** Measures ours once in a new process, and the others if the material requires it. Deletes outputs after each turn. */
export async function onceEach(
  bench: Bench,
  endpoint: Endpoint,
  material: Material,
  megabytes: number,
  contested: boolean,
): Promise<ZipContest> {
  const input = new ZipInput(bench, endpoint, material, megabytes);
  const figures = new Map<string, Figures>();
  const missing = new Map<string, string>();
  async function take(contender: CaseSettings | Missing): Promise<void> {
    const results = await bench.contest([contender], once);
    for (const [name, taken] of results) figures.set(name, taken);
    for (const [name, why] of results.missing ?? []) missing.set(name, why);
  }
  try {
    const contender = await input.inS3();
    await take(contender("ours", "zip-ours"));
    const others = [...libraries, ...(material.store ? [["the SDK's copy", "copy-defaults"] as const] : [])];
    for (const [name, file] of contested ? others : []) {
      await input.removeOutputs();
      await take(contender(name, file));
    }
    await input.leaveS3();
    if (contested) await take((await input.onDisk()).zip);
    return { what: input.what, results: Object.assign(figures, { missing }) };
  } finally {
    await input.leaveDisk();
    await input.leaveS3();
  }
}
