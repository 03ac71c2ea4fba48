import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { completionEventOf } from "../../contract/completion-event.ts";
import { isTrial } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";

/** Announces a finished variant to the subscribers. */
export type Announce = (receipt: Receipt) => Promise<void>;

const attribute = (StringValue: string) => ({ DataType: "String", StringValue });

/** Publishes completion events, with attributes for the subscriptions' filters. A release's trials are not announced. */
export function completionTopic(sns: SNSClient, TopicArn: string, cdnUrl: string): Announce {
  return async (receipt) => {
    if (isTrial(receipt.uploadId)) return;
    await sns.send(
      new PublishCommand({
        TopicArn,
        Message: JSON.stringify(completionEventOf(receipt, cdnUrl)),
        MessageAttributes: {
          state: attribute(receipt.state),
          variant: attribute(receipt.variant),
          converter: attribute(receipt.converter),
        },
      }),
    );
  };
}
