import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/settings.ts";
import { allowService, denyInsecureTransport, policyDocument } from "../policies.ts";

export interface OperationsTopicArgs {
  readonly subscribers: Settings["alarms"];
  readonly accountId: string;
  /** The region of the topic and its alarms: an alarm cannot notify a topic in another region. */
  readonly region: string;
}

/** The topic that the alarms of one region notify, with its subscribers. */
export class OperationsTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: OperationsTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:monitoring:OperationsTopic", name, {}, opts);
    const { subscribers, accountId, region } = args;
    const child = { parent: this };
    const { arn } = new aws.sns.Topic(`${name}-topic`, { region }, child);
    this.arn = arn;
    new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn,
        policy: policyDocument(
          allowService("cloudwatch.amazonaws.com", "sns:Publish", arn, {
            arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:*`,
            account: accountId,
          }),
          denyInsecureTransport("sns:Publish", arn),
        ),
        region,
      },
      child,
    );
    for (const protocol of ["email", "https"] as const) {
      for (const endpoint of subscribers[protocol]) {
        const subscriber = endpoint.replace(/[^A-Za-z0-9]+/g, "-");
        new aws.sns.TopicSubscription(
          `${name}-${subscriber}`,
          { topic: arn, protocol, endpoint, region },
          child,
        );
      }
    }
    this.registerOutputs({ arn });
  }
}
