import type { DatabaseSync } from "node:sqlite";
import { createSnsServer } from "../sns/server.ts";
import type { MissedDelivery, Topics } from "../sns/topics.ts";
import { MoveTasks } from "../sqs/move-tasks.ts";
import { Queues } from "../sqs/queues.ts";
import { createSqsServer } from "../sqs/server.ts";
import { createTopics, queueSettings } from "../wiring/messaging.ts";
import { queuePolicies } from "../wiring/queue-policies.ts";
import type { Setup } from "./setup.ts";

/** Running SNS and SQS. */
export interface Messaging {
  readonly queues: Queues;
  readonly topics: Topics;
  readonly snsUrl: string;
  readonly sqsUrl: string;
}

/**
 * Starts SQS and SNS on free ports, and asks the declared web hooks to confirm their subscriptions.
 *
 * @throws {AccessDeniedError} when a dead-letter queue refuses a queue that names it
 */
export async function startMessaging(
  { graph, clock, faults, credentials, permissions, teardown }: Setup,
  database: DatabaseSync,
  onMissed: (missed: MissedDelivery) => void,
): Promise<Messaging> {
  const { region, accountId } = graph;
  const authorize = permissions.allows.bind(permissions);
  const queues = new Queues(database, clock, queueSettings(graph));
  const moveTasks = new MoveTasks(queues, clock);
  teardown.add(() => moveTasks.close());
  const policies = queuePolicies(graph, permissions);
  const sqs = createSqsServer({
    queues,
    moveTasks,
    policies,
    clock,
    credentials,
    region,
    accountId,
    authorize,
  });
  let snsUrl = "";
  const topics = createTopics(graph, {
    queues,
    clock,
    faults,
    permissions,
    baseUrl: () => snsUrl,
    onMissed,
  });
  teardown.add(() => topics.close());
  const sns = createSnsServer({ topics, credentials, region, faults, authorize });
  snsUrl = await teardown.serve(sns, 0);
  topics.requestConfirmations();
  return { queues, topics, snsUrl, sqsUrl: await teardown.serve(sqs, 0) };
}
