import { readFileSync } from "node:fs";
import type { Memory } from "./case.ts";

/** Linux's own account; `resourceUsage` starts from the peak of the process that spawned this one. */
export function memoryOfThisProcess(): Memory {
  if (process.platform !== "linux") {
    return {
      residentMb: process.memoryUsage.rss() / 2 ** 20,
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
  }
  const status = readFileSync("/proc/self/status", "utf8");
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
}
