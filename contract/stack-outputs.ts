import * as v from "valibot";
import { declaredVariant } from "./variant.ts";

/** Returns the schema of a list that its readers do not change. */
function list<const Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.readonly());
}

const queueAddresses = v.object({
  url: v.string(),
  arn: v.string(),
  /** The queue of messages that the converter failed on. */
  deadLetterUrl: v.string(),
  deadLetterArn: v.string(),
  /** The queue of messages that SNS could not deliver to the converter's queue. */
  undeliveredUrl: v.string(),
  undeliveredArn: v.string(),
});

const auth = v.variant("kind", [
  v.object({ kind: v.literal("iam") }),
  v.object({ kind: v.literal("jwt"), issuer: v.string() }),
]);

const releaseTarget = v.object({
  /** The converter's name, or `upload-api`. */
  name: v.string(),
  functionName: v.string(),
  alias: v.string(),
  /** The newest published version. */
  version: v.string(),
  deploymentGroup: v.string(),
  /** Names of the alarms that each stop the deployment and roll it back. */
  alarms: list(v.string()),
});

const releasePlan = v.object({
  /** The CodeDeploy application. */
  application: v.string(),
  hook: v.object({ functionName: v.string(), logGroup: v.optional(v.string()) }),
  targets: list(releaseTarget),
});

/** The schema of the outputs of the stack that `index.ts` makes. */
export const stackOutputs = v.object({
  /** The base URL of the upload API. */
  apiUrl: v.string(),
  /** The base URL of the CDN. */
  cdnUrl: v.string(),
  uploadsBucket: v.string(),
  outputsBucket: v.string(),
  uploadsTopicArn: v.string(),
  conversionsTopicArn: v.string(),
  region: v.string(),
  auth,
  variants: list(declaredVariant),
  /** By converter. */
  queues: v.record(v.string(), queueAddresses),
  releasePlan,
});

/** The outputs of the stack. */
export type StackOutputs = v.InferOutput<typeof stackOutputs>;

/** The addresses of a converter's queue and of the two queues behind it. */
export type QueueAddresses = v.InferOutput<typeof queueAddresses>;

/** The facts by which one function's traffic is shifted to its newest version. */
export type ReleaseTarget = v.InferOutput<typeof releaseTarget>;

/** The facts by which a release shifts traffic, for all functions. */
export type ReleasePlan = v.InferOutput<typeof releasePlan>;
