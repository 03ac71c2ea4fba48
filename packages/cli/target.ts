import { readdir } from "node:fs/promises";
import { UsageError, userPath } from "./command.ts";
import { dataDirectories, defaultDataDirectory } from "./data-directory.ts";
import { findRunningCloud, type RunningCloud } from "./target/running-cloud.ts";
import { parseStageOutputs, type StageOutputs } from "./target/stage-outputs.ts";

type Service = "s3" | "sns" | "sqs";

/** What an SDK client needs to know; on AWS it finds the caller's credentials by itself. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: RunningCloud["credentials"];
  /** Of S3: buckets of the local cloud have no host names of their own. */
  readonly forcePathStyle?: true;
  /** Of SQS: the URLs of local queues name AWS. */
  readonly useQueueUrlAsEndpoint?: false;
}

/** The pipeline that a command works on. */
export interface Target {
  readonly stage: string;
  readonly isLocal: boolean;
  /** For people: "stage dev on this machine", "stage prod in account 333333333333, eu-central-1". */
  readonly description: string;
  readonly outputs: StageOutputs;
  /** For `new S3Client(target.clientConfig("s3"))` and its like. */
  clientConfig(service: Service): ClientConfig;
}

/** For `defineCommand`. */
export const targetOptions = {
  stage: { type: "string" },
  deployed: { type: "boolean", default: false },
  data: { type: "string" },
} as const;

/** For the help of commands that take `targetOptions`. */
export const targetHelp = `  --stage NAME   the stage: on this machine if npm start runs it here, else as it is deployed
                 (default: the one that runs here)
  --deployed     the deployed stage, even if it runs here as well
  --data DIR     data folder of the npm start to work on (default: .henkan/{stage})`;

/**
 * Finds the stage a command is to work on.
 *
 * @throws {UsageError} when nothing runs here and no stage is named, or the stage is not deployed
 */
export async function resolveTarget(values: {
  readonly stage?: string | undefined;
  readonly deployed: boolean;
  readonly data?: string | undefined;
}): Promise<Target> {
  const { stage, deployed, data } = values;
  if (deployed && data !== undefined)
    throw new UsageError("--data is of a stage on this machine, --deployed is not");
  if (deployed && stage === undefined) throw new UsageError("Name the deployed stage: --stage NAME");
  const running = deployed ? [] : await runningClouds(data);
  const candidates = running.filter((cloud) => stage === undefined || cloud.stage === stage);
  const [local, ...others] = candidates;
  if (local && others.length === 0) return localTarget(local);
  if (local) {
    throw new UsageError(
      `Several stages run here: ${candidates.map((cloud) => cloud.stage).join(", ")}. Name one with --stage`,
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

/** On the named data folder, or on the default folder of any stage. */
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
  const parsed = parseStageOutputs(stage, outputs, "Starting npm start again");
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
  // Loaded here since it brings Pulumi with it, half a second that commands on this machine need not wait.
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
