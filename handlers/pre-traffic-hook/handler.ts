import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { findConverter } from "../../converters/registry.ts";
import { logger } from "../observability.ts";
import { deployedVersion } from "./deployed-version.ts";
import { preTrafficHookEnvironment } from "./environment.ts";
import type { GoldenSamples } from "./golden-samples.ts";
import { versionInvoker } from "./invoke-version.ts";
import { type HookHandler, reportingHook } from "./report.ts";
import { s3TrialStorage, type TrialStorage } from "./trial-storage.ts";
import { tryConverter } from "./try-converter.ts";
import { tryUploadApi } from "./try-upload-api.ts";

/**
 * Returns the Lambda handler that CodeDeploy runs before a new version gets traffic. The environment configures it:
 * `UPLOADS_BUCKET`, `OUTPUTS_BUCKET`, `VARIANTS` and `FUNCTIONS`.
 *
 * @throws {Error} when variables are missing or wrong; the message names each
 */
export function preTrafficHook(samples: GoldenSamples): HookHandler {
  const environment = preTrafficHookEnvironment(process.env);
  const { UPLOADS_BUCKET: uploadsBucket, OUTPUTS_BUCKET: outputsBucket, VARIANTS, FUNCTIONS } = environment;
  const codedeploy = new CodeDeployClient({});
  const lambda = new LambdaClient({});
  const s3 = new S3Client({});

  async function tryVersion(
    deploymentId: string,
    storage: TrialStorage,
    abortSignal: AbortSignal,
  ): Promise<string[]> {
    const deployed = await deployedVersion(codedeploy, deploymentId);
    if (!deployed) {
      logger.warn("A rollback is not tried: its version has had traffic before", { deploymentId });
      return [];
    }
    const invoke = versionInvoker(lambda, deployed, abortSignal);
    const name = FUNCTIONS[deployed.functionName];
    if (name === "upload-api") {
      return tryUploadApi({ variants: VARIANTS, uploadsBucket, samples, storage, invoke });
    }
    const definition = name === undefined ? undefined : findConverter(name);
    if (!definition) throw new Error(`${deployed.functionName} is not a function of this pipeline`);
    const variants = VARIANTS.filter(({ converter }) => converter === definition);
    const region = await lambda.config.region();
    return tryConverter({ definition, variants, samples, storage, invoke, region });
  }

  return reportingHook(codedeploy, async (deploymentId, abortSignal) => {
    const storage = s3TrialStorage(s3, uploadsBucket, outputsBucket);
    try {
      return await tryVersion(deploymentId, storage, abortSignal);
    } finally {
      await storage.clean();
    }
  });
}
