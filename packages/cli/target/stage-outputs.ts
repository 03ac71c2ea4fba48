import * as v from "valibot";
import { UsageError } from "../command.ts";

const queueAddresses = v.object({
  url: v.string(),
  arn: v.string(),
  deadLetterUrl: v.string(),
  deadLetterArn: v.string(),
  undeliveredUrl: v.string(),
  undeliveredArn: v.string(),
});

const auth = v.variant("kind", [
  v.object({ kind: v.literal("iam") }),
  v.object({ kind: v.literal("jwt"), issuer: v.string() }),
]);

const stageOutputs = v.object({
  apiUrl: v.string(),
  cdnUrl: v.string(),
  uploadsBucket: v.string(),
  outputsBucket: v.string(),
  uploadsTopicArn: v.string(),
  conversionsTopicArn: v.string(),
  region: v.string(),
  auth,
  /** Options are complete: what the stage file leaves out has its default. */
  variants: v.array(v.object({ name: v.string(), converter: v.string(), options: v.unknown() })),
  /** By converter. */
  queues: v.record(v.string(), queueAddresses),
});

/** What the Pulumi program says of a stage that runs. */
export type StageOutputs = v.InferOutput<typeof stageOutputs>;
export type QueueAddresses = v.InferOutput<typeof queueAddresses>;

/** @throws {UsageError} when the stage was brought up by a program that did not declare all of them */
export function parseStageOutputs(stage: string, outputs: unknown, bringUpCommand: string): StageOutputs {
  const result = v.safeParse(stageOutputs, outputs);
  if (result.success) return result.output;
  const missing = new Set(result.issues.map((issue) => v.getDotPath(issue) ?? issue.message));
  throw new UsageError(
    `Stage ${stage} does not tell ${[...missing].join(", ")}: it is not deployed, or by an earlier version. ` +
      `${bringUpCommand} brings it up to date`,
  );
}
