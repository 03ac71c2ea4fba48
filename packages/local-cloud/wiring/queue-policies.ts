import type { Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import { parsePolicy } from "../iam/statement.ts";
import type { QueuePolicies } from "../sqs/call.ts";

/** Returns the policies of queues: the declared ones, and those that clients set, until the cloud ends. */
export function queuePolicies(graph: Graph, permissions: Permissions): QueuePolicies {
  const policies = new Map(
    graph
      .all("aws:sqs/queuePolicy:QueuePolicy")
      .map(({ inputs }) => [
        graph.behind(inputs.queueUrl, "aws:sqs/queue:Queue").output("arn"),
        String(inputs.policy),
      ]),
  );
  return {
    get: (queueArn) => policies.get(queueArn),
    set: (queueArn, policy) => {
      const name = `the policy of ${queueArn}`;
      permissions.attach(
        queueArn,
        policy === undefined
          ? undefined
          : { policies: [name], statements: parsePolicy(name, policy, "resource") },
      );
      if (policy === undefined) policies.delete(queueArn);
      else policies.set(queueArn, policy);
    },
  };
}
