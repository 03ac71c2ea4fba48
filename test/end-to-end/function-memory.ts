import { readdirSync, readFileSync } from "node:fs";
import { peakMegabytesOf } from "../converters/peak-memory.ts";

/** Returns the peak of resident memory in MB among the running environments of a function. Linux only. */
export function peakMegabytesOfFunction(name: string): number {
  const children = readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").trim().split(" "),
  );
  const environments = children.filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`/functions/${name}`),
  );
  return Math.max(...environments.map(peakMegabytesOf));
}
