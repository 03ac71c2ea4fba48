import { readdir } from "node:fs/promises";
import { UsageError, userPath } from "./command.ts";
import { dataDirectories, defaultDataDirectory } from "./data-directory.ts";
import { findRunningCloud, type RunningCloud } from "./target/running-cloud.ts";
import { parseStageOutputs, type StageOutputs } from "./target/stage-outputs.ts";

type Service = "s3" | "sns" | "sqs";

/** The configuration of an SDK client. On AWS the client finds the caller's credentials itself. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: RunningCloud["credentials"];
  /** For S3: buckets of the local cloud have no host names of their own. */
  readonly forcePathStyle?: true;
  /** For SQS: the URLs of local queues name AWS. */
  readonly useQueueUrlAsEndpoint?: false;
}

/** The pipeline that a command works on. */
export interface Target {
  readonly stage: string;
  readonly isLocal: boolean;
  /** Printed for people: "stage dev on this machine", "stage prod in account 333333333333, eu-central-1". */
  readonly description: string;
  readonly outputs: StageOutputs;
  /** Returns the configuration of a client, as in `new S3Client(target.clientConfig("s3"))`. */
  clientConfig(service: Service): ClientConfig;
}

/** The options that name the pipeline, for `defineCommand`. */
export const targetOptions = {
  stage: { type: "string" },
  deployed: { type: "boolean", default: false },
  data: { type: "string" },
} as const;

/** The lines of help for `targetOptions`. */
export const targetHelp = `  --stage NAME   the stage: the local one if npm start runs it, otherwise the deployed one
                 (default: the one that runs locally)
  --deployed     the deployed stage, even if it also runs locally
  --data DIR     the data folder of the npm start to use (default: .henkan/{stage})`;

/**
 * Finds the stage that a command works on.
 *
 * @throws {UsageError} when no stage is named and none runs locally, or the named one is not deployed
 */
export async function resolveTarget(values: {
  readonly stage?: string | undefined;
  readonly deployed: boolean;
  readonly data?: string | undefined;
}): Promise<Target> {
  const { stage, deployed, data } = values;
  if (deployed && data !== undefined)
    throw new UsageError("--data is for a local stage: leave out --deployed");
  if (deployed && stage === undefined) throw new UsageError("Name the deployed stage: --stage NAME");
  const running = deployed ? [] : await runningClouds(data);
  const candidates = running.filter((cloud) => stage === undefined || cloud.stage === stage);
  const [local, ...others] = candidates;
  if (local && others.length === 0) return localTarget(local);
  if (local) {
    throw new UsageError(
      `Several stages run on this machine: ${candidates.map((cloud) => cloud.stage).join(", ")}. Name one with --stage`,
    );
  }
  if (data !== undefined)
    throw new UsageError(`No npm start runs on ${userPath(data)}${stage ? ` with stage ${stage}` : ""}`);
  if (stage === undefined) {
    throw new UsageError(
      "No stage runs on this machine: start one with npm start, or name a deployed one with --stage NAME",
    );
  }
  return deployedTarget(stage);
}

/** Returns the clouds that run on the named data folder, or on the default folder of any stage. */
async function runningClouds(data: string | undefined): Promise<RunningCloud[]> {
  const clouds = await Promise.all((await directoriesToSearch(data)).map(findRunningCloud));
  return clouds.filter((cloud) => cloud !== undefined);
}

async function directoriesToSearch(data: string | undefined): Promise<string[]> {
  if (data !== undefined) return [userPath(data)];
  const stages = await readdir(dataDirectories).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return stages.sort().map(defaultDataDirectory);
}

function localTarget({ stage, urls, credentials, outputs }: RunningCloud): Target {
  const parsed = parseStageOutputs(stage, outputs, "Running npm start again");
  return {
    stage,
    isLocal: true,
    description: `stage ${stage} on this machine`,
    outputs: parsed,
    clientConfig: (service) => ({
      region: parsed.region,
      ...(urls[service] && { endpoint: urls[service] }),
      credentials,
      ...(service === "s3" && { forcePathStyle: true }),
      ...(service === "sqs" && { useQueueUrlAsEndpoint: false }),
    }),
  };
}

async function deployedTarget(name: string): Promise<Target> {
  // Loaded only here, because it loads Pulumi, which takes half a second.
  const { deployedStage } = await import("./target/deployed-stage.ts");
  const { accountId, region, outputs } = await deployedStage(name);
  return {
    stage: name,
    isLocal: false,
    description: `stage ${name} in account ${accountId}, ${region}`,
    outputs,
    clientConfig: () => ({ region }),
  };
}
