import { readFileSync } from "node:fs";

/**
 * Returns the peak of this process's resident memory in MB. On Linux it does not use `resourceUsage`, which starts with
 * the peak of the process that spawned this one.
 */
export function peakMegabytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return peakMegabytesOf("self");
}

/** Returns the peak of a process's resident memory in MB; Linux only. */
export function peakMegabytesOf(pid: string): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
