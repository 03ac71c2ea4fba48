import { setFlagsFromString } from "node:v8";
import { type Clock, systemClock } from "./clock.ts";
import { Credentials } from "./credentials.ts";
import { type FaultInjector, noFaults } from "./faults.ts";
import type { Graph } from "./graph.ts";
import type { Denial } from "./iam/access-request.ts";
import type { Permissions } from "./iam/permissions.ts";
import type { InvocationReport } from "./lambda/emulated-function.ts";
import type { Retry } from "./lambda/event-source-mapping.ts";
import { assertAllKnown } from "./resource-types.ts";
import { ObjectStore } from "./s3/object-store.ts";
import { openDataFolder } from "./services/data-folder.ts";
import { startDistributions } from "./services/distributions.ts";
import { openHttpApis } from "./services/http-apis.ts";
import { startMessaging } from "./services/messaging.ts";
import type { Setup } from "./services/setup.ts";
import { startStorage } from "./services/storage.ts";
import { type CloudUrls, cloudUrls } from "./services/urls.ts";
import type { MissedDelivery, Topics } from "./sns/topics.ts";
import type { Queues } from "./sqs/queues.ts";
import { Teardown } from "./teardown.ts";
import { addressRewriter } from "./wiring/addresses.ts";
import { startEventSourceMappings } from "./wiring/event-sources.ts";
import { createFunctions } from "./wiring/functions.ts";
import { declaredPermissions, requireFunctionRoles } from "./wiring/permissions.ts";
import { putDeclaredObjects } from "./wiring/storage.ts";

/** Loopback ports; 0 lets the system choose. */
export interface Ports {
  /**
   * The port of the HTTP API that the program declares first; each further API gets a free port.
   *
   * @default 0
   */
  readonly api?: number;
  /**
   * The port of S3.
   *
   * @default 0
   */
  readonly s3?: number;
  /**
   * The port of the distribution that the program declares first; each further distribution gets a free port.
   *
   * @default 0
   */
  readonly cdn?: number;
}

/** The settings of a cloud, and the functions to which it reports. */
export interface CloudOptions {
  /** Folder in which objects and messages are kept: the next cloud on the same folder finds them again. */
  readonly dataDirectory: string;
  /**
   * Folder whose installed packages replace the native packages that Lambda layers ship. The folder of a layer and
   * those above it are searched first.
   *
   * @default no further folder
   */
  readonly projectDirectory?: string;
  /** @default a free port for each service */
  readonly ports?: Ports;
  /**
   * Drops the objects and messages of earlier clouds.
   *
   * @default false
   */
  readonly fresh?: boolean;
  /**
   * The time of queues and topics: visibility timeouts, retention, retries.
   *
   * @default the system's time
   */
  readonly clock?: Clock;
  /**
   * Decides what goes wrong on purpose.
   *
   * @default no faults
   */
  readonly faults?: FaultInjector;
  /** Called after every invocation of a function. */
  readonly onReport?: (report: InvocationReport) => void;
  /** Called when a function fails on a message: SQS delivers it again, or moves it to the dead-letter queue. */
  readonly onRetry?: (retry: Retry) => void;
  /** Called for every line that a function logs, if its role may write logs. */
  readonly onLog?: (functionName: string, line: string) => void;
  /** Called when a subscriber does not get a message: its endpoint failed, or is not on this machine. */
  readonly onMissed?: (missed: MissedDelivery) => void;
  /**
   * Called for every request that the declared policies do not allow.
   *
   * @default a line on standard error
   */
  readonly onDenied?: (denial: Denial) => void;
}

/** The declared infrastructure while it runs on this machine. */
export interface Cloud {
  readonly urls: CloudUrls;
  /** Issues credentials for clients of the cloud, the AWS SDK for example. */
  readonly credentials: Credentials;
  readonly queues: Queues;
  readonly topics: Topics;
  /** Evaluates the declared policies; a principal that the program does not declare is an administrator. */
  readonly permissions: Permissions;
  readonly store: ObjectStore;
  /** Returns true while a function runs. */
  isBusy(): boolean;
  /** Stops everything. The data folder keeps objects and messages. */
  close(): Promise<void>;
}

/**
 * Starts every resource of a graph that has an effect on this machine, on loopback.
 *
 * @throws {UnknownResourceTypeError} for a resource type that the local cloud does not know
 * @throws {ProgramError} for a setting that it does not emulate, code that is not built, or a missing resource
 * @throws {PolicyError} for a policy element that it does not evaluate
 * @throws {AccessDeniedError} when AWS would refuse to deploy the program because a permission is missing
 * @throws {PortInUseError} for a port that another program holds
 * @throws {DataInUseError} when another process uses the data folder
 *
 * @example
 * ```ts
 * const graph = await runProgram({ projectDirectory: ".", stage: "dev" });
 * const cloud = await startCloud(graph, { dataDirectory: ".local-cloud" });
 * console.log(cloud.urls.s3);
 * await cloud.close();
 * ```
 */
export async function startCloud(graph: Graph, options: CloudOptions): Promise<Cloud> {
  const { clock = systemClock, faults = noFaults, dataDirectory, projectDirectory, ports = {} } = options;
  assertAllKnown(graph.resources);
  const permissions = declaredPermissions(graph, options.onDenied ?? printDenial);
  requireFunctionRoles(graph, permissions);
  // Otherwise V8 marks the heap after every few megabytes of bodies that pass through: a third of the cloud's CPU time.
  setFlagsFromString("--no-incremental-marking");
  const credentials = new Credentials();
  const teardown = new Teardown();
  const setup: Setup = { graph, clock, faults, credentials, permissions, teardown };
  try {
    const { database, workDirectory } = openDataFolder(
      dataDirectory,
      { fresh: options.fresh ?? false },
      teardown,
    );
    const store = new ObjectStore(database, dataDirectory);
    teardown.add(() => store.blobs.close());
    const { queues, topics, snsUrl, sqsUrl } = await startMessaging(
      setup,
      database,
      options.onMissed ?? ignore,
    );
    const cdns = await startDistributions(setup, store, ports.cdn ?? 0);
    const localiseOrigins = addressRewriter(graph, { cdns });
    const s3 = await startStorage(setup, { store, topics, localise: localiseOrigins, port: ports.s3 ?? 0 });
    const apis = await openHttpApis(setup, ports.api ?? 0);
    const functions = createFunctions(graph, {
      workDirectory,
      ...(projectDirectory !== undefined && { projectDirectory }),
      credentials,
      permissions,
      faults,
      localise: addressRewriter(graph, { cdns, apis: apis.urls }),
      endpoints: { AWS_ENDPOINT_URL_S3: s3, AWS_ENDPOINT_URL_SNS: snsUrl, AWS_ENDPOINT_URL_SQS: sqsUrl },
      onReport: options.onReport ?? ignore,
      onLog: options.onLog ?? ignore,
    });
    teardown.add(() => {
      for (const lambda of functions.values()) lambda.close();
    });
    apis.connect(functions, localiseOrigins);
    await putDeclaredObjects(graph, store, addressRewriter(graph, { cdns, apis: apis.urls, s3 }));
    const mappings = startEventSourceMappings(graph, functions, {
      queues,
      clock,
      permissions,
      faults,
      onRetry: options.onRetry ?? ignore,
    });
    teardown.add(() => {
      for (const mapping of mappings) mapping.close();
    });
    return {
      urls: cloudUrls({ s3, sns: snsUrl, sqs: sqsUrl, apis: apis.urls, cdns }),
      credentials,
      queues,
      topics,
      permissions,
      store,
      isBusy: () => [...functions.values()].some(({ busy }) => busy),
      close: () => teardown.run(),
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

function printDenial(denial: Denial): void {
  console.error(denial.message);
}

function ignore(): void {}
