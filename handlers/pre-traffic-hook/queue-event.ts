import { createHash } from "node:crypto";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { uploadEvent } from "../../contract/s3-event.ts";
import type { TrialUpload } from "./trial-storage.ts";

/** Returns the event that a queue would give to a converter's function: one message per upload, with the upload's id. */
export function queueEvent(uploads: readonly TrialUpload[], region: string): SQSEvent {
  return { Records: uploads.map((upload) => queueMessage(upload, region)) };
}

function queueMessage(upload: TrialUpload, region: string): SQSRecord {
  const time = new Date();
  const body = JSON.stringify(
    uploadEvent(upload, { source: "aws:s3", name: "ObjectCreated:Put", region, time }),
  );
  const now = String(time.getTime());
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
    eventSourceARN: `arn:aws:sqs:${region}:000000000000:pre-traffic-hook`,
    awsRegion: region,
  };
}
