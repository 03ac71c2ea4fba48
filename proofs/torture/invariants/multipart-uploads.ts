import { filesPrefix, parseUploadKey } from "../../../contract/keys.ts";
import type { InjectedFault } from "../faults/settings.ts";
import type { UnfinishedUpload } from "../remains.ts";
import type { AcceptedUpload, Evidence, Invariant } from "./evidence.ts";

/** Faults that keep a function from aborting an upload that it began. */
const endsFunction: readonly string[] = ["crash", "poison", "timeout", "out-of-memory"];

/** Longest duration of a function's upload. */
const longestMs = 10_000;

/** Whose multipart uploads of one file, or of one output of it, are counted together. */
interface Owner {
  readonly what: string;
  /** Returns true when a fault hit the function that begins uploads to this place, while it processed this file. */
  readonly isHit: (fault: InjectedFault) => boolean;
  /** How the place of a request for it begins, after the operation; and what the fault calls the file. */
  readonly detail: string;
  readonly storedName: string;
}

const outputPattern = new RegExp(`^${filesPrefix}/(?<id>[^/]+)/(?<variant>[^/]+)/`);

function ownerOf({ stage, accepted }: Evidence, { bucket, key }: UnfinishedUpload): Owner {
  const { id = "", variant = "" } = outputPattern.exec(key)?.groups ?? {};
  if (bucket === stage.outputsBucket) {
    const converter = stage.converters.find(({ variants }) => variants.some(({ name }) => name === variant));
    const queue = stage.queues.find((each) => each.converter === converter?.converter);
    const storedName = accepted.find((upload) => upload.id === id)?.storedName ?? key;
    return {
      what: key,
      isHit: ({ place, upload }) => place === queue?.functionName && upload === storedName,
      detail: key.replace(id, ""),
      storedName,
    };
  }
  // A client that begins again gets another id: what it left is counted by the file.
  const storedName = parseUploadKey(key)?.filename ?? key;
  const announcement = accepted.find((upload) => upload.storedName === storedName)?.announcement;
  const converters = new Set(stage.queues.map(({ functionName }) => functionName));
  return {
    what: storedName,
    isHit: ({ place, upload }) => !converters.has(place) && upload === announcement,
    detail: "",
    storedName,
  };
}

/**
 * How many of the uploads may have been left by who had no chance to abort them: the function that was ended, whoever
 * S3 did not let abort, and the function whose beginning was answered by a broken connection, which left no parts.
 */
function allowance({ faults }: Evidence, { isHit, detail, storedName }: Owner, withoutParts: number): number {
  const count = (isExcuse: (fault: InjectedFault) => boolean) => faults.filter(isExcuse).length;
  const requestTo = (operation: string, { place, upload }: InjectedFault) =>
    upload === storedName && place.startsWith(`s3 ${operation} ${detail} `);
  const ended = count((fault) => endsFunction.includes(fault.kind) && isHit(fault));
  // An abort that was reset was done, and one whose body would be slow has none.
  const refused = count((fault) => fault.kind === "throttle" && requestTo("AbortMultipartUpload", fault));
  // One that was throttled has created nothing.
  const unknown = count((fault) => fault.kind === "reset" && requestTo("CreateMultipartUpload", fault));
  return ended + refused + Math.min(unknown, withoutParts);
}

/** Returns true when the cloud was killed while the upload was in progress. */
function diedWithCloud({ kills, accepted }: Evidence): (upload: UnfinishedUpload) => boolean {
  const abandoned = new Set(accepted.flatMap((upload: AcceptedUpload) => upload.abandoned));
  return ({ initiated, key }) =>
    abandoned.has(parseUploadKey(key)?.uploadId ?? "") ||
    kills.some((kill) => kill > initiated.getTime() && kill < initiated.getTime() + longestMs);
}

export const multipartUploads: Invariant = {
  name: "multipart-uploads",
  promise:
    "multipart uploads are completed or aborted; what a killed function or client leaves, the bucket's rule removes",
  broken(evidence) {
    const isExcused = diedWithCloud(evidence);
    const orphaned = evidence.afterRedrive.multipartUploads.filter((upload) => !isExcused(upload));
    const left = Map.groupBy(orphaned, (upload) => ownerOf(evidence, upload).what);
    const orphans = [...left].flatMap(([what, uploads]) => {
      const [first] = uploads;
      if (!first) return [];
      const withoutParts = uploads.filter(({ parts }) => parts === 0).length;
      const allowed = allowance(evidence, ownerOf(evidence, first), withoutParts);
      return uploads.length <= allowed
        ? []
        : [`${what}: ${uploads.length} neither completed nor aborted, ${allowed} of them by force`];
    });
    const { immortalMultipartUploads: immortal } = evidence.afterRedrive;
    return immortal === 0 ? orphans : [...orphans, `${immortal} would stay for ever: no rule aborts them`];
  },
};
