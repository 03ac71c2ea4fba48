import { filesPrefix, parseUploadKey } from "../../../contract/keys.ts";
import type { InjectedFault } from "../faults/settings.ts";
import type { UnfinishedUpload } from "../remains.ts";
import type { AcceptedUpload, Evidence, Invariant } from "./evidence.ts";

/** Faults that keep a function from aborting an upload that it began. */
const endsFunction: readonly string[] = ["crash", "poison", "timeout", "out-of-memory"];

/** Longest duration of a function's upload. */
const longestMs = 10_000;

/** A file, or one output of a file, whose multipart uploads are counted together. */
interface Owner {
  readonly what: string;
  /** Returns true when a fault hit the function that creates these uploads while it processed this file. */
  readonly isHit: (fault: InjectedFault) => boolean;
  /** The text after the operation in the place of a fault that hit a request for it. */
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
  // A client that starts again gets another id, so its uploads are counted by file.
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
 * Returns how many of the uploads may be left because nothing could abort them: the function was killed, S3 refused the
 * abort, or the connection broke before the answer to the creation, which leaves an upload without parts.
 */
function allowance({ faults }: Evidence, { isHit, detail, storedName }: Owner, withoutParts: number): number {
  const count = (isExcuse: (fault: InjectedFault) => boolean) => faults.filter(isExcuse).length;
  const requestTo = (operation: string, { place, upload }: InjectedFault) =>
    upload === storedName && place.startsWith(`s3 ${operation} ${detail} `);
  const ended = count((fault) => endsFunction.includes(fault.kind) && isHit(fault));
  // S3 has done an abort whose connection is reset, and an abort has no body that could be slow.
  const refused = count((fault) => fault.kind === "throttle" && requestTo("AbortMultipartUpload", fault));
  // A throttled request has created nothing.
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
        : [`${what}: ${uploads.length} neither completed nor aborted, and faults explain only ${allowed}`];
    });
    const { immortalMultipartUploads: immortal } = evidence.afterRedrive;
    return immortal === 0 ? orphans : [...orphans, `${immortal} would stay for ever: no rule aborts them`];
  },
};
