import { readFileSync, writeFileSync } from "node:fs";

/** Memory of a process, in megabytes of 2^20 bytes. */
export interface Memory {
  readonly residentMb: number;
  /** The highest resident memory since the process began, or since `forgetPeak`. */
  readonly peakMb: number;
}

const isLinux = process.platform === "linux";

/** Reads this process's memory. On Linux from /proc: `resourceUsage` starts from the peak of the parent process. */
export function memoryOfThisProcess(): Memory {
  if (isLinux) return memoryIn(readFileSync("/proc/self/status", "utf8"));
  return {
    residentMb: process.memoryUsage.rss() / 2 ** 20,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** Resets the peak to the current resident memory, proc_pid_clear_refs(5). Does nothing on systems other than Linux. */
export function forgetPeak(): void {
  if (isLinux) writeFileSync("/proc/self/clear_refs", "5");
}

/** Returns the resident memory of a process in megabytes; 0 when it has ended or the system has no /proc. */
export function residentMbOf(pid: number): number {
  try {
    return memoryIn(readFileSync(`/proc/${pid}/status`, "utf8")).residentMb || 0;
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
    throw error;
  }
}

/** Reads the text of /proc/PID/status, proc_pid_status(5). A process that has ended has no memory there: NaN. */
function memoryIn(status: string): Memory {
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
}
