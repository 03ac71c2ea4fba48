import { parseUploadKey } from "../../converters/keys.ts";
import type { Evidence, Invariant } from "./evidence.ts";

/** What keeps a function from aborting what it began. */
const endsFunction: readonly string[] = ["crash", "poison", "timeout", "out-of-memory"];

/** A function's upload is under way for this long at most. */
const longestMs = 10_000;

/**
 * How many multipart uploads of one file may have been left by who had no chance to abort them: a function that was
 * ended, whoever's abort went wrong, and the API's function, when the answer that told it the id was lost.
 */
function allowance({ faults }: Evidence, storedName: string, announcement: string | undefined): number {
  const ended = faults.filter(
    ({ kind, upload }) => (upload === storedName || upload === announcement) && endsFunction.includes(kind),
  );
  const lost = faults.filter(
    ({ upload, place }) => upload === storedName && /^s3 (Abort|Create)MultipartUpload/.test(place),
  );
  return ended.length + lost.length;
}

export const multipartUploads: Invariant = {
  name: "multipart-uploads",
  promise:
    "multipart uploads are completed or aborted; what a killed function or client leaves, the bucket's rule removes",
  broken(evidence) {
    const byId = new Map(evidence.accepted.map((upload) => [upload.id, upload]));
    const byName = new Map(evidence.accepted.map((upload) => [upload.storedName, upload]));
    const abandoned = new Set(evidence.accepted.flatMap((upload) => upload.abandoned));
    const diedWithCloud = ({ initiated, key }: { initiated: Date; key: string }) =>
      abandoned.has(parseUploadKey(key)?.uploadId ?? "") ||
      evidence.kills.some((kill) => kill > initiated.getTime() && kill < initiated.getTime() + longestMs);
    const orphaned = evidence.afterRedrive.multipartUploads.filter((upload) => !diedWithCloud(upload));
    // A client that begins again gets another id: what it left is counted by the file.
    const left = Map.groupBy(orphaned, ({ key }) => parseUploadKey(key)?.filename ?? key);
    const orphans = [...left].flatMap(([what, uploads]) => {
      const id = what.split("/").find((segment) => byId.has(segment)) ?? "";
      const upload = byId.get(id) ?? byName.get(what);
      const allowed = allowance(evidence, upload?.storedName ?? what, upload?.announcement);
      return uploads.length <= allowed
        ? []
        : [`${what}: ${uploads.length} neither completed nor aborted, ${allowed} of them by force`];
    });
    const { immortalMultipartUploads: immortal } = evidence.afterRedrive;
    return immortal === 0 ? orphans : [...orphans, `${immortal} would stay for ever: no rule aborts them`];
  },
};
