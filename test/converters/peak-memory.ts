import { readFileSync } from "node:fs";

/**
 * Most megabytes this process has had resident. On Linux not from `resourceUsage`, which starts from the peak of the
 * process that spawned this one.
 */
export function peakMegabytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
