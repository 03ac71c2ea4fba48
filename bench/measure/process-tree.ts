import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, proc_pid_stat(5). */
const millisecondsPerTick = 10;

/** CPU in milliseconds since each process began. */
export interface TreeCpu {
  readonly parentMs: number;
  readonly childrenMs: number;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

function statOf(pid: string): ProcessStat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name may hold spaces and parentheses: fields are counted after its end.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return [{ pid: Number(pid), parent, cpuMs: ticks * millisecondsPerTick }];
  } catch (error) {
    // It ended while we looked.
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

/** Of a process and of all its children, those that have ended included; undefined where the system has no /proc. */
export function cpuOfTree(pid: number): TreeCpu | undefined {
  if (process.platform !== "linux") return undefined;
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const sum = (of: readonly ProcessStat[]) => of.reduce((total, { cpuMs }) => total + cpuMs, 0);
  return {
    parentMs: sum(all.filter((each) => each.pid === pid)),
    childrenMs: sum(all.filter((each) => each.parent === pid)),
  };
}
