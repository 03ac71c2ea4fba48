import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { isTrial, outputUrl } from "../../contract/keys.ts";
import type { CompletionEvent, Receipt } from "../../contract/receipt.ts";

/** Tells the subscribers what became of a variant. */
export type Announce = (receipt: Receipt) => Promise<void>;

const attribute = (StringValue: string) => ({ DataType: "String", StringValue });

/**
 * Publishes the receipt, with the output's `url` when there is one, filterable by its attributes. Of a release's trials
 * subscribers hear nothing.
 */
export function completionTopic(sns: SNSClient, TopicArn: string, cdnUrl: string): Announce {
  return async (receipt) => {
    if (isTrial(receipt.uploadId)) return;
    const event: CompletionEvent =
      receipt.state === "ready" ? { ...receipt, url: outputUrl(cdnUrl, receipt.path) } : receipt;
    await sns.send(
      new PublishCommand({
        TopicArn,
        Message: JSON.stringify(event),
        MessageAttributes: {
          state: attribute(receipt.state),
          variant: attribute(receipt.variant),
          converter: attribute(receipt.converter),
        },
      }),
    );
  };
}
