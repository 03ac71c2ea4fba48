import { readdirSync, readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second, proc_pid_stat(5). */
const millisecondsPerTick = 10;

/** CPU time in milliseconds since each process began. */
export interface TreeCpu {
  readonly parentMs: number;
  /** CPU time of the running children and of those that have ended. */
  readonly childrenMs: number;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly ownMs: number;
  /** CPU time of its descendants that have ended and been waited for. */
  readonly endedMs: number;
}

function statOf(pid: string): ProcessStat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name may contain spaces and parentheses, so fields are counted after its end.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
    return [
      {
        pid: Number(pid),
        parent,
        ownMs: (user + system) * millisecondsPerTick,
        endedMs: (endedUser + endedSystem) * millisecondsPerTick,
      },
    ];
  } catch (error) {
    // The process ended after /proc was listed.
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

/** Returns the CPU time of a process and of its children; undefined where the system has no /proc. */
export function cpuOfTree(pid: number): TreeCpu | undefined {
  if (process.platform !== "linux") return undefined;
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const tree = { parentMs: 0, childrenMs: 0 };
  for (const { pid: each, parent, ownMs, endedMs } of all) {
    if (each === pid) {
      tree.parentMs += ownMs;
      tree.childrenMs += endedMs;
    } else if (parent === pid) {
      tree.childrenMs += ownMs + endedMs;
    }
  }
  return tree;
}
