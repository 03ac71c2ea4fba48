/** Runs the local cloud in a process of its own, so that it can be killed with -9. The simulator calls it over IPC. */

import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { projectDirectory } from "@henkan/build/directories";
import { type Cloud, Graph, startCloud } from "@henkan/local-cloud";
import { workDirectoryOf } from "@henkan/local-cloud/testing";
import { sendEvent, serve } from "../../processes/serve.ts";
import { SeededFaults } from "../faults/seeded-faults.ts";
import { describeStage, type SimulatedStage } from "../stage.ts";
import { FunctionMemory } from "./function-memory.ts";
import { HurriedClock } from "./hurried-clock.ts";
import type { CloudCalls, CloudEvent, CloudSettings, Footprint } from "./messages.ts";

/** At this speed, visibility timeouts of minutes take seconds, but still longer than any conversion. */
const speed = 30;
const idleCheckMs = 50;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const clock = new HurriedClock(speed);

interface Running {
  readonly cloud: Cloud;
  readonly stage: SimulatedStage;
  readonly functions: FunctionMemory;
  readonly dataDirectory: string;
  readonly idleCheck: NodeJS.Timeout;
}
let running: Running | undefined;

async function start({ graph, dataDirectory, faults }: CloudSettings): Promise<{ apiUrl: string }> {
  const stage = describeStage(new Graph(graph));
  const functions = new FunctionMemory(stage.functionSizes);
  const cloud = await startCloud(stage.graph, {
    projectDirectory,
    dataDirectory,
    ports: { api: 0, s3: 0, cdn: 0 },
    clock,
    faults: new SeededFaults(faults, (fault) => sendEvent(fault satisfies CloudEvent)),
    onReport: (invocation) => functions.add(invocation),
  });
  const idleCheck = setInterval(() => {
    if (!cloud.isBusy()) clock.skip();
  }, idleCheckMs);
  running = { cloud, stage, functions, dataDirectory, idleCheck };
  return { apiUrl: cloud.urls.api };
}

function requireRunning(): Running {
  if (!running) throw new Error("The cloud was not started");
  return running;
}

function progress(): ReturnType<CloudCalls["progress"]> {
  const { cloud, stage } = requireRunning();
  const waiting = stage.queues.reduce((sum, { arn }) => sum + cloud.queues.depth(arn), 0);
  return { waiting, isSettled: waiting === 0 && !cloud.isBusy() };
}

function redrive(): number {
  const { cloud, stage } = requireRunning();
  const counts = stage.queues.map(({ arn, deadLetterArn }) => cloud.queues.redrive(deadLetterArn, arn));
  return counts.reduce((sum, count) => sum + count, 0);
}

function measure(): Footprint {
  const { dataDirectory, functions } = requireRunning();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const scratch = join(workDirectoryOf(dataDirectory), "tmp");
  const open = openHandles();
  return {
    heapMb: heapUsed / 2 ** 20,
    externalMb: external / 2 ** 20,
    residentMb: rss / 2 ** 20,
    ...(open && { open }),
    temporaryFiles: Math.max(0, ...scratchDirectories(scratch).map(filesIn)),
    functions: functions.footprints,
  };
}

/** Counts the open handles; undefined where there is no /proc, https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html. */
function openHandles(): Footprint["open"] {
  if (!existsSync("/proc/self/fd")) return undefined;
  const targets = readdirSync("/proc/self/fd").flatMap((handle) => linkTarget(join("/proc/self/fd", handle)));
  const files = targets.filter((target) => target.startsWith("/") && !target.startsWith("/dev/")).length;
  return { files, connections: targets.filter((target) => /^(socket|pipe):/.test(target)).length };
}

/** Returns no target for a handle that has been closed, such as the one that listed the others. */
function linkTarget(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Lists the `/tmp` of every environment, `{scratch}/{function}/{number}`. */
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
}

// Ctrl-C reaches every process of the terminal's group, but the simulator decides when this one ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
serve<CloudCalls>({ start, progress, redrive, measure, close }, close);
