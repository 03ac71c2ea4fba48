import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { uploadEvent } from "../../../contract/s3-event.ts";
import { explained } from "../aws-refusals.ts";
import type { OutstandingUpload } from "./ledger.ts";

/** The origin and the destination of upload events. */
export interface EventRoute {
  readonly uploadsBucket: string;
  readonly uploadsTopicArn: string;
  readonly region: string;
}

/**
 * Publishes events to the uploads topic, as S3 does after an upload. Each asks only for the upload's outstanding variants.
 * It names the backfill as its source, for an operator who finds it in a queue.
 */
export function eventPublisher(sns: SNSClient, route: EventRoute, signal: AbortSignal) {
  const { uploadsTopicArn: TopicArn, uploadsBucket: bucket, region } = route;
  const origin = { source: "henkan:backfill", name: "ObjectCreated:Backfill", region };
  return async ({ variants, ...upload }: OutstandingUpload): Promise<void> => {
    const event = uploadEvent({ ...upload, bucket }, { ...origin, time: new Date() }, { variants });
    const Message = JSON.stringify(event);
    const command = new PublishCommand({ TopicArn, Subject: "Henkan backfill", Message });
    await explained(`sns:Publish on ${TopicArn}`, () => sns.send(command, { abortSignal: signal }));
  };
}
