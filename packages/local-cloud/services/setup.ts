import type { Clock } from "../clock.ts";
import type { Credentials } from "../credentials.ts";
import type { FaultInjector } from "../faults.ts";
import type { Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Teardown } from "../teardown.ts";

/** The parts of a starting cloud that every service uses. */
export interface Setup {
  readonly graph: Graph;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly credentials: Credentials;
  readonly permissions: Permissions;
  readonly teardown: Teardown;
}
