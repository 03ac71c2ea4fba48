/** Parts of the local cloud for tests and measurements: faults, time, and services that run alone. */
export { type Clock, systemClock } from "./clock.ts";
export { type Credential, Credentials } from "./credentials.ts";
export { openDatabase } from "./database.ts";
export {
  type FaultInjector,
  type FaultyInvocation,
  type FaultyRequest,
  type InvocationFault,
  noFaults,
  type ProcessedMessage,
  type RequestFault,
} from "./faults.ts";
export type { AssetPath, GraphContents, GraphResource } from "./graph.ts";
export { AccessDeniedError } from "./iam/access-request.ts";
export type { EmulatedFunction, InvocationReport } from "./lambda/emulated-function.ts";
export { close, listen } from "./listen.ts";
export { readStage } from "./program/stage-file.ts";
export { applyLifecycle } from "./s3/lifecycle.ts";
export { ObjectStore } from "./s3/object-store.ts";
export { createS3Server } from "./s3/server.ts";
export type { StoredObject } from "./s3/stored-object.ts";
export { workDirectoryOf } from "./services/data-folder.ts";
export { verifySignature } from "./sigv4.ts";
export { Queues } from "./sqs/queues.ts";
export { addressRewriter } from "./wiring/addresses.ts";
export { distributionSettings } from "./wiring/delivery.ts";
export { createFunctions } from "./wiring/functions.ts";
export { queueSettings } from "./wiring/messaging.ts";
export { bucketSettings, encodeKey } from "./wiring/storage.ts";
