import type { SQSEvent, SQSRecord } from "aws-lambda";

/** One record of an S3 event; `key` as S3 sends it, URL-encoded. */
export function eventRecord({ key = "", etag = "e1", bytes = 4 }) {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: "uploads" }, object: { key, size: bytes, eTag: etag, sequencer: "0055" } },
  };
}

export function eventBody(...Records: object[]): string {
  return JSON.stringify({ Records });
}

/** A batch of messages with these bodies, named `m1`, `m2` … */
export function sqsBatch(...bodies: string[]): SQSEvent {
  const records = bodies.map((body, index) => ({ messageId: `m${index + 1}`, body }) as SQSRecord);
  return { Records: records };
}
