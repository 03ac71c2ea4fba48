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
 * The Lambda handler that CodeDeploy runs before a new version gets traffic, configured by the environment:
 * `UPLOADS_BUCKET`, `OUTPUTS_BUCKET`, `VARIANTS` and `FUNCTIONS`.
 *
 * @throws {Error} naming every variable that is missing or wrong.
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
      logger.warn("A rollback goes back to a version that has had traffic, and is not tried", {
        deploymentId,
      });
      return [];
    }
    const invoke = versionInvoker(lambda, deployed, abortSignal);
    const name = FUNCTIONS[deployed.functionName];
    if (name === "upload-api") {
      return tryUploadApi({ variants: VARIANTS, uploadsBucket, samples, storage, invoke });
    }
    const definition = name === undefined ? undefined : findConverter(name);
    if (!definition) throw new Error(`${deployed.functionName} is no function that this hook knows`);
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
