import { readFileSync, writeFileSync } from "node:fs";

const isLinux = process.platform === "linux";

/** Starts the measure of the peak again from what is resident now, proc_pid_clear_refs(5); Linux alone can. */
export function forgetPeak(): void {
  if (isLinux) writeFileSync("/proc/self/clear_refs", "5");
}

/** Most megabytes this process has had resident since then, or, not on Linux, since its start. */
export function peakMegabytes(): number {
  if (!isLinux) return process.resourceUsage().maxRSS / 1024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
