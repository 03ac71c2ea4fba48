import { applyLifecycle } from "../s3/lifecycle.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { createS3Server } from "../s3/server.ts";
import type { Topics } from "../sns/topics.ts";
import type { Localise } from "../wiring/addresses.ts";
import { bucketNotifications, bucketSettings } from "../wiring/storage.ts";
import type { Setup } from "./setup.ts";

const lifecycleIntervalMs = 3_600_000;

/**
 * Starts S3 with the declared buckets, their notifications and lifecycle rules. Returns its address.
 *
 * @throws {AccessDeniedError} when a bucket may not publish to its topic
 * @throws {PortInUseError}
 */
export async function startStorage(
  { graph, faults, credentials, permissions, teardown }: Setup,
  { store, topics, localise, port }: { store: ObjectStore; topics: Topics; localise: Localise; port: number },
): Promise<string> {
  const buckets = bucketSettings(graph, localise);
  const rules = new Map([...buckets].map(([name, { lifecycleRules = [] }]) => [name, lifecycleRules]));
  applyLifecycle(store, rules, new Date());
  const sweep = setInterval(() => applyLifecycle(store, rules, new Date()), lifecycleIntervalMs);
  teardown.add(() => clearInterval(sweep));
  const server = createS3Server({
    store,
    buckets,
    credentials,
    region: graph.region,
    authorize: (request) => permissions.allows(request),
    onObjectCreated: bucketNotifications(graph, topics, permissions),
    fault: ({ operation, partNumber = "", key, principal, presigned }) =>
      faults.request({ place: `s3 ${operation} ${partNumber}`.trim(), about: { key }, principal, presigned }),
  });
  return teardown.serve(server, port);
}
