import type { Server } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type Clock, systemClock } from "../../../../packages/local-cloud/clock.ts";
import { Credentials } from "../../../../packages/local-cloud/credentials.ts";
import { close, listen } from "../../../../packages/local-cloud/listen.ts";
import { MoveTasks } from "../../../../packages/local-cloud/sqs/move-tasks.ts";
import { Queues } from "../../../../packages/local-cloud/sqs/queues.ts";
import { createSqsServer, type SqsServerOptions } from "../../../../packages/local-cloud/sqs/server.ts";

export const region = "ap-northeast-1";
const accountId = "111111111111";
export const arn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
export const url = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
export const developer = "arn:aws:iam::111111111111:user/developer";

interface Running {
  readonly server: Server;
  readonly client: SQSClient;
  readonly queues: Queues;
  readonly policies: Map<string, string>;
  readonly endpoint: string;
  readonly moveTasks: MoveTasks;
}

async function start({
  clock = systemClock,
  ...options
}: { clock?: Clock } & Pick<SqsServerOptions, "authorize"> = {}): Promise<Running> {
  const retention = { visibilityTimeoutSeconds: 30, messageRetentionSeconds: 345_600 };
  const queues = new Queues(new DatabaseSync(":memory:"), clock, [
    { arn: arn("work"), ...retention, redrive: { deadLetterTargetArn: arn("dead"), maxReceiveCount: 1 } },
    { arn: arn("dead"), ...retention },
    { arn: arn("plain"), ...retention },
  ]);
  const credentials = new Credentials();
  const moveTasks = new MoveTasks(queues, clock);
  const policies = new Map<string, string>();
  const server = createSqsServer({
    queues,
    moveTasks,
    clock,
    credentials,
    region,
    accountId,
    policies: {
      get: (queueArn) => policies.get(queueArn),
      set: (queueArn, policy) => {
        if (policy === undefined) policies.delete(queueArn);
        else policies.set(queueArn, JSON.stringify(JSON.parse(policy)));
      },
    },
    ...options,
  });
  const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  const client = new SQSClient({
    endpoint,
    region,
    credentials: credentials.issue(developer),
    maxAttempts: 1,
  });
  return { server, client, queues, policies, endpoint, moveTasks };
}

/** Opens an endpoint for each test that calls `open`, and closes it after the test. */
export function endpointPerTest() {
  let running: Running;
  const open = async (options?: Parameters<typeof start>[0]) => {
    running = await start(options);
    return running;
  };
  afterEach(async () => {
    running.client.destroy();
    running.moveTasks.close();
    await close(running.server);
  });
  const receive = async (name: string, more: object = {}) => {
    const { Messages = [] } = await running.client.send(
      new ReceiveMessageCommand({ QueueUrl: url(name), MaxNumberOfMessages: 10, ...more }),
    );
    return Messages;
  };
  return { open, receive, opened: () => running };
}

/** Returns the refusal of a request; fails when the request succeeds. */
export const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("expected a refusal"),
    (error) => error,
  );
