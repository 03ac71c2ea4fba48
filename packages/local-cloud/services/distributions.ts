import { createCdn } from "../cdn/server.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import { distributionOrigins, distributionSettings } from "../wiring/delivery.ts";
import type { Setup } from "./setup.ts";

/**
 * Starts a CDN for every declared distribution: the first one on `port`, each further one on a free port. Returns their
 * addresses by logical name, in the order of declaration.
 *
 * @throws {PortInUseError}
 */
export async function startDistributions(
  { graph, permissions, teardown }: Setup,
  store: ObjectStore,
  port: number,
): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const distribution of graph.all("aws:cloudfront/distribution:Distribution")) {
    const settings = distributionSettings(graph, distribution);
    const origins = distributionOrigins(graph, distribution, store, permissions);
    const server = createCdn(settings, origins, Date.now);
    urls.set(distribution.name, await teardown.serve(server, urls.size === 0 ? port : 0));
  }
  return urls;
}
