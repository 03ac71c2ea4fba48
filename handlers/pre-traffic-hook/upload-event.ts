import { createHash } from "node:crypto";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { TrialUpload } from "./trial-storage.ts";

/** What a converter's function is given by its queue, one message for each upload under the upload's id. */
export function uploadEvent(uploads: readonly TrialUpload[], region: string): SQSEvent {
  return { Records: uploads.map((upload) => queueMessage(upload, region)) };
}

function queueMessage(upload: TrialUpload, awsRegion: string): SQSRecord {
  const body = JSON.stringify({ Records: [s3Record(upload, awsRegion)] });
  const now = String(Date.now());
  return {
    messageId: upload.uploadId,
    receiptHandle: upload.uploadId,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: now,
      SenderId: "pre-traffic-hook",
      ApproximateFirstReceiveTimestamp: now,
    },
    messageAttributes: {},
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:${awsRegion}:000000000000:pre-traffic-hook`,
    awsRegion,
  };
}

/** The keys of trials need no encoding. */
function s3Record({ bucket, key, bytes, etag }: TrialUpload, awsRegion: string) {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion,
    eventTime: new Date().toISOString(),
    eventName: "ObjectCreated:Put",
    s3: {
      s3SchemaVersion: "1.0",
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: { key, size: bytes, eTag: etag, sequencer: "00" },
    },
  };
}
