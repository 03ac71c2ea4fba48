import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { DeployedVersion } from "./deployed-version.ts";

/** Runs the version on trial with an event and gives back what it returned. */
export type InvokeVersion = (event: unknown) => Promise<unknown>;

/** What is wrong with the version on trial, as a sentence. */
export class TrialError extends Error {
  override readonly name = "TrialError";
}

/** @throws {TrialError} from the returned function, when the version throws, times out or dies. */
export function versionInvoker(
  lambda: LambdaClient,
  { functionName, version }: DeployedVersion,
  abortSignal: AbortSignal,
): InvokeVersion {
  return async (event) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Qualifier: version,
        Payload: JSON.stringify(event),
      }),
      { abortSignal },
    );
    const result: unknown = JSON.parse(Payload?.transformToString() || "null");
    if (FunctionError === undefined) return result;
    const { errorType = FunctionError, errorMessage = "" } = result as Record<string, string | undefined>;
    throw new TrialError(`version ${version} failed: ${errorType}: ${errorMessage}`);
  };
}
