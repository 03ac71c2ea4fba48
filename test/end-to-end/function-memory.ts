import { readdirSync, readFileSync } from "node:fs";
import { peakMegabytesOf } from "../converters/peak-memory.ts";

/** Most megabytes that a running environment of this function has had resident; Linux only. */
export function peakMegabytesOfFunction(name: string): number {
  const children = readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").trim().split(" "),
  );
  const environments = children.filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`/functions/${name}`),
  );
  return Math.max(...environments.map(peakMegabytesOf));
}
