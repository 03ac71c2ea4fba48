import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { ConversionRequest } from "../../../handlers/convert/uploaded-objects.ts";
import { explained } from "../aws-refusals.ts";
import type { OutstandingUpload } from "./ledger.ts";

/** Where events of uploads come from, and go to. */
export interface EventRoute {
  readonly uploadsBucket: string;
  readonly uploadsTopicArn: string;
  readonly region: string;
}

/**
 * An event as S3 sends it, as far as the subscriptions' filters and the converters look at it, which asks for the
 * upload's outstanding variants alone. It says that it is a backfill's and not S3's, for whoever finds it in a queue.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function uploadEvent(
  { key, etag, bytes, variants }: Pick<OutstandingUpload, "key" | "etag" | "bytes" | "variants">,
  { uploadsBucket, region }: EventRoute,
  time: Date,
) {
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "henkan:backfill",
        awsRegion: region,
        eventTime: time.toISOString(),
        eventName: "ObjectCreated:Backfill",
        s3: {
          s3SchemaVersion: "1.0",
          bucket: { name: uploadsBucket, arn: `arn:aws:s3:::${uploadsBucket}` },
          object: { key: encodeKey(key), size: bytes, eTag: etag },
        },
        henkan: { variants } satisfies ConversionRequest,
      },
    ],
  };
}

/** As S3 writes keys into events: form encoding with slashes kept, so that a space becomes `+`. */
function encodeKey(key: string): string {
  return new URLSearchParams([["", key]]).toString().slice(1).replaceAll("%2F", "/");
}

/** Publishes events of uploads to the uploads topic, from where they take the way of every upload. */
export function eventPublisher(sns: SNSClient, route: EventRoute, signal: AbortSignal) {
  const { uploadsTopicArn: TopicArn } = route;
  return async (upload: OutstandingUpload): Promise<void> => {
    const Message = JSON.stringify(uploadEvent(upload, route, new Date()));
    const command = new PublishCommand({ TopicArn, Subject: "Henkan backfill", Message });
    await explained(`sns:Publish on ${TopicArn}`, () => sns.send(command, { abortSignal: signal }));
  };
}
