import type { Footprint, FunctionFootprint } from "../cloud/messages.ts";
import type { Evidence, Invariant } from "./evidence.ts";

/** The growth that a process is allowed since its start: `constant`, and `perUpload` for each upload since then. */
interface Limit {
  readonly constant: number;
  readonly perUpload: number;
}

/** In MB: compiled code, filled caches, and Buffers that servers keep for their next requests. */
const heapLimit: Limit = { constant: 12, perUpload: 0.1 };
const externalLimit: Limit = { constant: 12, perUpload: 0.1 };
/** In MB: the same, and memory that the allocators keep for later. */
const residentLimit: Limit = { constant: 128, perUpload: 0.5 };
/** In MB, `perUpload` by invocation: includes the current file. In a storm, a process lives for about a dozen. */
const functionLimit: Limit = { constant: 64, perUpload: 0.1 };
const fileLimit: Limit = { constant: 4, perUpload: 0.1 };
/** Connections to the functions' processes, and idle connections that are not closed yet. */
const connectionLimit: Limit = { constant: 40, perUpload: 0.1 };

function isBeyond({ constant, perUpload }: Limit, growth: number, uploads: number): boolean {
  return growth > constant + perUpload * uploads;
}

type Handles = NonNullable<Footprint["open"]>;

function handleGrowth({ begin, end, uploads }: Evidence["footprints"]): string[] {
  const limits: [kind: keyof Handles, limit: Limit][] = [
    ["files", fileLimit],
    ["connections", connectionLimit],
  ];
  return limits.flatMap(([kind, limit]) => {
    const [before = 0, after = 0] = [begin.open?.[kind], end.open?.[kind]];
    return isBeyond(limit, after - before, uploads)
      ? [`open ${kind} grew from ${before} to ${after} in ${uploads} uploads`]
      : [];
  });
}

/** Returns true when the process has more open handles than its work explains. */
export function hasMoreHandles(footprints: Evidence["footprints"]): boolean {
  return handleGrowth(footprints).length > 0;
}

function memoryGrowth({ begin, end, uploads }: Evidence["footprints"]): string[] {
  const limits: [what: string, measure: (footprint: Footprint) => number, limit: Limit][] = [
    ["the heap", ({ heapMb }) => heapMb, heapLimit],
    ["memory outside the heap", ({ externalMb }) => externalMb, externalLimit],
    ["resident memory", ({ residentMb }) => residentMb, residentLimit],
  ];
  return limits.flatMap(([what, measure, limit]) => {
    const [before, after] = [measure(begin), measure(end)];
    return isBeyond(limit, after - before, uploads)
      ? [`${what} grew from ${before.toFixed(1)} to ${after.toFixed(1)} MB in ${uploads} uploads`]
      : [];
  });
}

function functionMemory({ functions }: Footprint, faults: Evidence["faults"]): string[] {
  return functions.flatMap((footprint: FunctionFootprint) => {
    const { functionName, memoryMb, invocations, firstMb, peakMb, outOfMemory } = footprint;
    const injected = faults.filter(
      ({ kind, place }) => kind === "out-of-memory" && place === functionName,
    ).length;
    const checks: [isBroken: boolean, message: string][] = [
      [peakMb > memoryMb, `needed ${peakMb} MB but has ${memoryMb} MB`],
      [outOfMemory > injected, `ran out of its ${memoryMb} MB ${outOfMemory - injected} times`],
      [
        firstMb > 0 && isBeyond(functionLimit, peakMb - firstMb, invocations),
        `grew from ${firstMb} to ${peakMb} MB in ${invocations} invocations`,
      ],
    ];
    return checks.flatMap(([isBroken, message]) => (isBroken ? [`${functionName} ${message}`] : []));
  });
}

export const resources: Invariant = {
  name: "resources",
  promise: "memory, disk, file handles, temporary files and processes return to where they were",
  broken(evidence) {
    const { afterRedrive, afterStorm, footprints, calmFootprint, faults, processes, stage } = evidence;
    const { end } = footprints;
    const declared = stage.graph.resources.filter(
      ({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2",
    );
    const { blobsAfterDeletion: blobs } = afterRedrive;
    const checks: [isBroken: boolean, message: string][] = [
      // The last killed process of an environment may leave one file.
      [end.temporaryFiles > 1, `${end.temporaryFiles} files pile up in the /tmp of one environment`],
      [
        calmFootprint.temporaryFiles > 0,
        `${calmFootprint.temporaryFiles} files are left in the functions' /tmp`,
      ],
      [
        afterStorm.unreferencedBlobs > 0,
        `${afterStorm.unreferencedBlobs} blobs belong to nothing after the storm`,
      ],
      [
        afterRedrive.unreferencedBlobs > 0,
        `${afterRedrive.unreferencedBlobs} blobs belong to nothing after the redrive`,
      ],
      [
        blobs > declared.length,
        `${blobs} blobs are left when every upload is deleted, expected ${declared.length}`,
      ],
      [processes.length > 0, `processes outlived the cloud: ${processes.join("; ")}`],
    ];
    return [
      ...memoryGrowth(footprints),
      ...handleGrowth(footprints),
      ...functionMemory(end, faults),
      ...functionMemory(calmFootprint, []),
      ...checks.flatMap(([isBroken, message]) => (isBroken ? [message] : [])),
    ];
  },
};
