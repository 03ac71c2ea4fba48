import type { Footprint } from "../cloud/messages.ts";
import type { Invariant } from "./evidence.ts";

/** What compiled code and filled caches take; a leak of some kilobytes for each upload is more. */
const maxHeapGrowthMb = 24;
/** Pipes of the functions' processes and connections that are kept alive, however many uploads there were. */
const maxFileGrowth = 64;

/** Whether the process holds more files than the work it does explains. */
export function hasMoreFiles(begin: Footprint, end: Footprint): boolean {
  return (end.openFiles ?? 0) - (begin.openFiles ?? 0) > maxFileGrowth;
}

export const resources: Invariant = {
  name: "resources",
  promise: "memory, disk, file handles, temporary files and processes return to where they were",
  broken({ afterRedrive, afterStorm, footprints: { begin, end }, calmFootprint, processes, stage }) {
    const declared = stage.graph.resources.filter(
      ({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2",
    );
    const { blobsAfterDeletion: blobs } = afterRedrive;
    const checks: [isBroken: boolean, message: string][] = [
      [
        end.heapMb - begin.heapMb > maxHeapGrowthMb,
        `the heap grew from ${begin.heapMb.toFixed(1)} to ${end.heapMb.toFixed(1)} MB`,
      ],
      [hasMoreFiles(begin, end), `open files grew from ${begin.openFiles} to ${end.openFiles}`],
      // One is what the last killed process of an environment leaves to the next.
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
        `${blobs} blobs are left when every upload is deleted, not ${declared.length}`,
      ],
      [processes.length > 0, `processes outlived the cloud: ${processes.join("; ")}`],
    ];
    return checks.flatMap(([isBroken, message]) => (isBroken ? [message] : []));
  },
};
