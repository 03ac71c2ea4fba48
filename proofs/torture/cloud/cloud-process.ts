/** The local cloud in a process of its own, so that it can be killed with -9. Told what to do over IPC. */

import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { projectDirectory } from "@henkan/build/directories";
import { type Cloud, startCloud } from "@henkan/local-cloud";
import { workDirectoryOf } from "@henkan/local-cloud/testing";
import { describeStage, type Stage } from "../stage.ts";
import { FunctionMemory } from "./function-memory.ts";
import { HurriedClock } from "./hurried-clock.ts";
import type { Command, Footprint, Report } from "./messages.ts";

/** Visibility timeouts of minutes pass in seconds, and still do not end while a conversion is under way. */
const speed = 30;
const idleCheckMs = 50;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const clock = new HurriedClock(speed);

interface Running {
  readonly cloud: Cloud;
  readonly stage: Stage;
  readonly functions: FunctionMemory;
  readonly dataDirectory: string;
  readonly idleCheck: NodeJS.Timeout;
}
let running: Running | undefined;

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

async function start({ graph, dataDirectory, faults }: Command & { kind: "start" }): Promise<Report> {
  const stage = describeStage(graph);
  const functions = new FunctionMemory(stage.functionSizes);
  const cloud = await startCloud(stage.graph, {
    projectDirectory,
    dataDirectory,
    ports: { api: 0, s3: 0, cdn: 0 },
    clock,
    faults,
    onFault: (fault) => report({ kind: "fault", fault }),
    onReport: (invocation) => functions.add(invocation),
  });
  const idleCheck = setInterval(() => {
    if (!cloud.isBusy()) clock.skip();
  }, idleCheckMs);
  running = { cloud, stage, functions, dataDirectory, idleCheck };
  return { kind: "started", apiUrl: cloud.urls.api };
}

function requireRunning(): Running {
  if (!running) throw new Error("The cloud was not started");
  return running;
}

function look(): Report {
  const { cloud, stage } = requireRunning();
  const waiting = stage.queues.reduce((sum, { arn }) => sum + cloud.queues.depth(arn), 0);
  return { kind: "looked", waiting, isSettled: waiting === 0 && !cloud.isBusy() };
}

function redrive(): Report {
  const { cloud, stage } = requireRunning();
  const counts = stage.queues.map(({ arn, deadLetterArn }) => cloud.queues.redrive(deadLetterArn, arn));
  return { kind: "redriven", messages: counts.reduce((sum, count) => sum + count, 0) };
}

function measure(): Report {
  const { dataDirectory, functions } = requireRunning();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const scratch = join(workDirectoryOf(dataDirectory), "tmp");
  const open = openHandles();
  const footprint: Footprint = {
    heapMb: heapUsed / 2 ** 20,
    externalMb: external / 2 ** 20,
    residentMb: rss / 2 ** 20,
    ...(open && { open }),
    temporaryFiles: Math.max(0, ...scratchDirectories(scratch).map(filesIn)),
    functions: functions.footprints,
  };
  return { kind: "measured", footprint };
}

/** Undefined where there is no /proc, https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html. */
function openHandles(): Footprint["open"] {
  if (!existsSync("/proc/self/fd")) return undefined;
  const targets = readdirSync("/proc/self/fd").flatMap((handle) => linkTarget(join("/proc/self/fd", handle)));
  const files = targets.filter((target) => target.startsWith("/") && !target.startsWith("/dev/")).length;
  return { files, connections: targets.filter((target) => /^(socket|pipe):/.test(target)).length };
}

/** None of the handle that has listed the others: it is closed by now. */
function linkTarget(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The `/tmp` of every environment, `{scratch}/{function}/{number}`. */
function scratchDirectories(scratch: string): string[] {
  if (!existsSync(scratch)) return [];
  return readdirSync(scratch)
    .map((name) => join(scratch, name))
    .flatMap((directory) => readdirSync(directory).map((slot) => join(directory, slot)));
}

function filesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

async function close(): Promise<void> {
  clearInterval(running?.idleCheck);
  await running?.cloud.close();
  process.disconnect?.();
}

async function obey(command: Command): Promise<void> {
  switch (command.kind) {
    case "start":
      return report(await start(command));
    case "look":
      return report(look());
    case "redrive":
      return report(redrive());
    case "measure":
      return report(measure());
    case "close":
      return close();
  }
}

// Ctrl-C reaches the whole group of processes: the simulator decides what becomes of this one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("message", (command: Command) => {
  obey(command).catch((error: Error) => report({ kind: "failed", message: error.stack ?? error.message }));
});
process.on("disconnect", () => {
  void close().finally(() => process.exit());
});
