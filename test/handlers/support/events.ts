import type { SQSEvent, SQSRecord } from "aws-lambda";
import { type UploadedObject, uploadEvent } from "../../../contract/s3-event.ts";

const origin = {
  source: "aws:s3",
  name: "ObjectCreated:Put",
  region: "eu-central-1",
  time: new Date(Date.UTC(2026, 0, 2)),
};

/** Returns the body of a queue message about these uploads. `henkan` is the field that our own events add. */
export function eventBody(
  ...uploads: readonly (Partial<UploadedObject> & { readonly henkan?: unknown })[]
): string {
  const Records = uploads.flatMap(({ henkan, ...fields }) => {
    const object = { bucket: "uploads", key: "", etag: "e1", bytes: 4, ...fields };
    return uploadEvent(object, origin).Records.map((record) => ({ ...record, henkan }));
  });
  return JSON.stringify({ Records });
}

/** Returns a batch of messages with these bodies, with the ids `m1`, `m2` … */
export function sqsBatch(...bodies: string[]): SQSEvent {
  const records = bodies.map((body, index) => ({ messageId: `m${index + 1}`, body }) as SQSRecord);
  return { Records: records };
}
