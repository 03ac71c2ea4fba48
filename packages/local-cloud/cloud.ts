import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { createCdn } from "./cdn/server.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Credentials } from "./credentials.ts";
import { openDatabase } from "./database.ts";
import { type FaultInjector, noFaults } from "./faults.ts";
import type { Graph } from "./graph.ts";
import { createHttpApi } from "./http-api.ts";
import { type Denial, describeDenial } from "./iam/access-request.ts";
import type { Permissions } from "./iam/permissions.ts";
import type { Retry } from "./lambda/event-source-mapping.ts";
import type { InvocationReport } from "./lambda/lambda-function.ts";
import { close, listen } from "./listen.ts";
import { applyLifecycle } from "./s3/lifecycle.ts";
import { ObjectStore } from "./s3/object-store.ts";
import { createS3Server } from "./s3/server.ts";
import { createSnsServer } from "./sns/server.ts";
import type { MissedDelivery, Topics } from "./sns/topics.ts";
import { MoveTasks } from "./sqs/move-tasks.ts";
import { Queues } from "./sqs/queues.ts";
import { createSqsServer } from "./sqs/server.ts";
import { addressRewriter } from "./wiring/addresses.ts";
import { httpApiSettings } from "./wiring/api.ts";
import { distributionOrigins, distributionSettings } from "./wiring/delivery.ts";
import { startEventSourceMappings } from "./wiring/event-sources.ts";
import { createFunctions } from "./wiring/functions.ts";
import { assertAllKnown } from "./wiring/local-effects.ts";
import { createTopics, queueSettings } from "./wiring/messaging.ts";
import { declaredPermissions, requireFunctionRoles } from "./wiring/permissions.ts";
import { queuePolicies } from "./wiring/queue-policies.ts";
import { bucketNotifications, bucketSettings, putDeclaredObjects } from "./wiring/storage.ts";

/** Loopback ports; 0 lets the system choose. */
export interface Ports {
  readonly api: number;
  readonly s3: number;
  readonly cdn: number;
}

export interface CloudOptions {
  /** Its node_modules stand in for what the Lambda layers ship. */
  readonly projectDirectory: string;
  /** Objects and queues are kept here, and found again by the next cloud on the same folder. */
  readonly dataDirectory: string;
  readonly ports: Ports;
  /** Forgets the objects and messages of earlier clouds, once nobody else uses the folder. */
  readonly fresh?: boolean;
  /** Time as the queues see it: visibility timeouts and retention. */
  readonly clock?: Clock;
  /**
   * Decides what goes wrong on purpose.
   *
   * @default no faults
   */
  readonly faults?: FaultInjector;
  readonly onReport?: (report: InvocationReport) => void;
  /** A message that a function failed on and that will come again, or go to its dead-letter queue. */
  readonly onRetry?: (retry: Retry) => void;
  readonly onLog?: (functionName: string, line: string) => void;
  /** What a subscriber of a topic was not told: the endpoint failed, or is not on this machine. */
  readonly onMissed?: (missed: MissedDelivery) => void;
  /** Called for every refused call; writes a line to standard error by default. */
  readonly onDenied?: (denial: Denial) => void;
}

/** The declared infrastructure, running on this machine. */
export interface Cloud {
  readonly urls: {
    readonly api: string;
    readonly s3: string;
    readonly cdn: string;
    readonly sns: string;
    readonly sqs: string;
  };
  /** Credentials for whoever works with the cloud from outside, the AWS SDK for example. */
  readonly credentials: Credentials;
  readonly queues: Queues;
  readonly topics: Topics;
  /** What the declared policies allow; credentials of a principal outside the program are an administrator's. */
  readonly permissions: Permissions;
  readonly store: ObjectStore;
  /** Whether a function is at work. */
  isBusy(): boolean;
  /** Stops everything; the data stay. */
  close(): Promise<void>;
}

const lifecycleIntervalMs = 3_600_000;

/**
 * Brings up a graph: every resource is emulated, or known to have no effect here.
 *
 * @throws for a resource type or a policy element the local cloud does not know, for what AWS refuses to deploy
 * because a permission is missing, and for a port in use.
 */
export async function startCloud(graph: Graph, options: CloudOptions): Promise<Cloud> {
  assertAllKnown(graph);
  // Bodies that pass through make V8 mark the heap every few megabytes, at a third of the cloud's CPU.
  setFlagsFromString("--no-incremental-marking");
  const { clock = systemClock, faults = noFaults, dataDirectory, projectDirectory, ports } = options;
  const onDenied = options.onDenied ?? ((denial) => console.error(describeDenial(denial)));
  const permissions = declaredPermissions(graph, onDenied);
  requireFunctionRoles(graph, permissions);
  mkdirSync(dataDirectory, { recursive: true });
  const database = openDatabase(join(dataDirectory, "state.db"), { fresh: options.fresh ?? false });
  const workDirectory = workDirectoryOf(dataDirectory);
  rmSync(workDirectory, { recursive: true, force: true });
  mkdirSync(workDirectory, { mode: 0o700 });
  const cleanUps: (() => unknown)[] = [
    () => rmSync(workDirectory, { recursive: true, force: true }),
    () => database.close(),
  ];
  const closeAll = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  const serve = async (server: Server, port: number) => {
    const url = `http://127.0.0.1:${await listen(server, port)}`;
    cleanUps.push(() => close(server));
    return url;
  };

  try {
    const credentials = new Credentials();
    const store = new ObjectStore(database, dataDirectory);
    cleanUps.push(() => store.blobs.close());
    const queues = new Queues(database, clock, queueSettings(graph));
    let snsUrl = "";
    const topics = createTopics(graph, {
      queues,
      clock,
      faults,
      permissions,
      baseUrl: () => snsUrl,
      onMissed: options.onMissed ?? (() => {}),
    });
    cleanUps.push(() => topics.close());
    topics.askAllToConfirm();
    const cdn = await serve(
      createCdn(distributionSettings(graph), distributionOrigins(graph, store, permissions), Date.now),
      ports.cdn,
    );
    const localise = addressRewriter(graph, { cdn });
    const buckets = bucketSettings(graph, localise);
    applyLifecycle(store, buckets, new Date());
    const sweep = setInterval(() => applyLifecycle(store, buckets, new Date()), lifecycleIntervalMs);
    cleanUps.push(() => clearInterval(sweep));
    const s3 = await serve(
      createS3Server({
        store,
        buckets,
        credentials,
        region: graph.region,
        authorize: (request) => permissions.allows(request),
        onObjectCreated: bucketNotifications(graph, topics, permissions),
        fault: ({ operation, partNumber = "", key, ...signer }) =>
          faults.request({ place: `s3 ${operation} ${partNumber}`.trim(), about: { key }, ...signer }),
      }),
      ports.s3,
    );
    snsUrl = await serve(
      createSnsServer({
        topics,
        credentials,
        region: graph.region,
        faults,
        authorize: (request) => permissions.allows(request),
      }),
      0,
    );
    const moveTasks = new MoveTasks(queues, clock);
    cleanUps.push(() => moveTasks.close());
    const sqs = await serve(
      createSqsServer({
        queues,
        moveTasks,
        policies: queuePolicies(graph, permissions),
        clock,
        credentials,
        region: graph.region,
        accountId: graph.accountId,
        authorize: (request) => permissions.allows(request),
      }),
      0,
    );
    const functions = createFunctions(graph, {
      workDirectory,
      projectDirectory,
      credentials,
      permissions,
      faults,
      localise,
      endpoints: { AWS_ENDPOINT_URL_S3: s3, AWS_ENDPOINT_URL_SNS: snsUrl, AWS_ENDPOINT_URL_SQS: sqs },
      onReport: options.onReport ?? (() => {}),
      onLog: options.onLog ?? (() => {}),
    });
    cleanUps.push(() => {
      for (const lambda of functions.values()) lambda.close();
    });
    const api = await serve(
      createHttpApi(httpApiSettings(graph, functions, permissions, localise)),
      ports.api,
    );
    await putDeclaredObjects(graph, store, addressRewriter(graph, { cdn, api, s3 }));
    const mappings = startEventSourceMappings(graph, functions, {
      queues,
      clock,
      permissions,
      faults,
      onRetry: options.onRetry ?? (() => {}),
    });
    cleanUps.push(() => {
      for (const mapping of mappings) mapping.close();
    });
    const isBusy = () => [...functions.values()].some(({ busy }) => busy);
    return {
      urls: { api, s3, cdn, sns: snsUrl, sqs },
      credentials,
      queues,
      topics,
      permissions,
      store,
      isBusy,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/**
 * A folder outside the project, so that a function finds the packages of its layers alone. Its name follows from the
 * data folder, which is locked: what a killed process left there goes with the next start.
 */
export function workDirectoryOf(dataDirectory: string): string {
  const name = createHash("sha256").update(resolve(dataDirectory)).digest("hex").slice(0, 16);
  return join(tmpdir(), `henkan-run-${name}`);
}
