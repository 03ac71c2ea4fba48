import { parseUploadKey } from "../../converters/keys.ts";
import type { Evidence, Invariant } from "./evidence.ts";

/** What keeps a function from aborting what it began. */
const endsFunction: readonly string[] = ["crash", "poison", "timeout", "out-of-memory"];

/** An upload is under way for this long at most. */
const longestMs = 10_000;

/** How many multipart uploads of one file may have been left by functions that had no chance to abort them. */
function allowance({ faults }: Evidence, storedName: string): number {
  const about = faults.filter(({ upload }) => upload === storedName);
  const ended = about.filter(({ kind }) => endsFunction.includes(kind)).length;
  const abortsRefused = about.filter(({ place }) => place.startsWith("s3 AbortMultipartUpload")).length;
  return ended + abortsRefused;
}

export const multipartUploads: Invariant = {
  name: "multipart-uploads",
  promise:
    "multipart uploads are completed or aborted; what a killed function leaves, the bucket's rule removes",
  broken(evidence) {
    const names = new Map(evidence.accepted.map(({ id, storedName }) => [id, storedName]));
    const diedWithCloud = ({ initiated }: { initiated: Date }) =>
      evidence.kills.some((kill) => kill > initiated.getTime() && kill < initiated.getTime() + longestMs);
    const orphaned = evidence.afterRedrive.multipartUploads.filter((upload) => !diedWithCloud(upload));
    const left = Map.groupBy(orphaned, ({ key }) => key);
    const orphans = [...left].flatMap(([key, uploads]) => {
      const id = key.split("/").find((segment) => names.has(segment)) ?? "";
      const allowed = allowance(evidence, names.get(id) ?? parseUploadKey(key)?.filename ?? "");
      return uploads.length <= allowed
        ? []
        : [
            `${key}: ${uploads.length} neither completed nor aborted, ${allowed} functions were ended by force`,
          ];
    });
    const { immortalMultipartUploads: immortal } = evidence.afterRedrive;
    return immortal === 0 ? orphans : [...orphans, `${immortal} would stay for ever: no rule aborts them`];
  },
};
