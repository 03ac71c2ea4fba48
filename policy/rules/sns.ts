import { at, parsed } from "../resource.ts";
import type { AnyRule } from "../rule.ts";
import { hasPolicy, policyTypes, refusesEveryone, refusesPlainHttp } from "./resource-policies.ts";

const topic = "aws:sns/topic:Topic";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

export const snsRules: readonly AnyRule[] = [
  {
    name: "sns-encryption",
    controls: ["SNS.1", "CKV_AWS_26"],
    description: "Topics encrypt messages at rest with AWS KMS keys",
    remedy: "Set kmsMasterKeyId (henkan:kms in the stage's file).",
    types: [topic],
    violations: ({ props }) => (props.kmsMasterKeyId ? [] : ["has no KMS key"]),
  },
  hasPolicy({ name: "sns-has-policy", controls: ["Henkan.SNS.1"] }, topic, policyTypes.topic),
  refusesPlainHttp({ name: "sns-tls-only", controls: ["Henkan.SNS.2", "SEC09-BP02"] }, policyTypes.topic, {
    action: "sns:Publish",
  }),
  refusesEveryone({ name: "sns-not-public", controls: ["SNS.4", "CKV_AWS_169"] }, [policyTypes.topic.type]),
  {
    name: "sns-dead-letters",
    controls: ["Henkan.SNS.3"],
    description: "Subscriptions of queues and functions keep undelivered messages",
    remedy: "Set a redrivePolicy with a deadLetterTargetArn.",
    types: [subscription],
    violations: ({ props: { protocol, redrivePolicy } }) => {
      if (protocol !== "sqs" && protocol !== "lambda") return [];
      return at(parsed(redrivePolicy), "deadLetterTargetArn") ? [] : ["drops undelivered messages"];
    },
  },
  {
    name: "sns-https-subscriptions",
    controls: ["Henkan.SNS.4"],
    description: "Subscriptions of web hooks deliver over HTTPS",
    remedy: "Subscribe an https endpoint.",
    types: [subscription],
    violations: ({ props: { protocol } }) => (protocol === "http" ? ["delivers over plain HTTP"] : []),
  },
];
