import { readFileSync } from "node:fs";

/**
 * Most megabytes this process has had resident. On Linux not from `resourceUsage`, which starts from the peak of the
 * process that spawned this one.
 */
export function peakMegabytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return peakMegabytesOf("self");
}

/** Most megabytes that a process has had resident; Linux only. */
export function peakMegabytesOf(pid: string): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
