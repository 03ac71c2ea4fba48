import { at, parsed, type Resource, refersTo } from "../resource.ts";
import type { AnyRule } from "../rule.ts";
import { hasPolicy, policyTypes, refusesEveryone, refusesPlainHttp } from "./resource-policies.ts";

const queue = "aws:sqs/queue:Queue";
const eventSourceMapping = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** The fewest receives that AWS advises, https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html. */
const leastReceives = 5;

export const sqsRules: readonly AnyRule[] = [
  {
    name: "sqs-encryption",
    controls: ["SQS.1", "CKV_AWS_27"],
    description: "Queues encrypt messages at rest",
    remedy: "Set sqsManagedSseEnabled or kmsMasterKeyId.",
    types: [queue],
    violations: ({ props }) =>
      props.sqsManagedSseEnabled === true || props.kmsMasterKeyId ? [] : ["is not encrypted"],
  },
  hasPolicy({ name: "sqs-has-policy", controls: ["Henkan.SQS.1"] }, queue, policyTypes.queue),
  refusesPlainHttp({ name: "sqs-tls-only", controls: ["Henkan.SQS.2", "SEC09-BP02"] }, policyTypes.queue, {
    action: "sqs:*",
  }),
  refusesEveryone({ name: "sqs-not-public", controls: ["SQS.3", "CKV_AWS_168"] }, [policyTypes.queue.type]),
  {
    name: "sqs-dead-letters",
    controls: ["Henkan.SQS.3", "CKV_AWS_116"],
    description: "Queues that a function consumes keep failed messages",
    remedy: `Set a redrivePolicy with a deadLetterTargetArn and a maxReceiveCount of at least ${leastReceives}.`,
    types: [queue],
    violationsInStack: (resource, stack) => {
      if (!isConsumed(resource, stack)) return [];
      const redrive = parsed(resource.props.redrivePolicy);
      if (!at(redrive, "deadLetterTargetArn")) return ["has a function as consumer and no dead-letter queue"];
      const receives = Number(at(redrive, "maxReceiveCount"));
      return receives >= leastReceives ? [] : [`gives up on a message after ${receives} receives`];
    },
  },
];

function isConsumed(resource: Resource, stack: readonly Resource[]): boolean {
  return stack.some(
    (other) => other.type === eventSourceMapping && refersTo(other, "eventSourceArn", resource),
  );
}
