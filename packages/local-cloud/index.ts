/** Runs a Pulumi AWS program on this machine. README.md in this folder shows how. */
export { type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
export { LocalCloudError, type LocalCloudErrorCode } from "./errors.ts";
export { Graph } from "./graph.ts";
export type { Denial } from "./iam/access-request.ts";
export type { Retry } from "./lambda/event-source-mapping.ts";
export { runProgram } from "./program.ts";
export type { MissedDelivery } from "./sns/topics.ts";
export { isLoopback } from "./sns/web-hooks.ts";
