import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { DeployedVersion } from "./deployed-version.ts";

/** Invokes the version on trial with an event and returns its result. */
export type InvokeVersion = (event: unknown) => Promise<unknown>;

/** The version on trial failed: it threw an error, timed out or crashed. */
export class TrialError extends Error {
  override readonly name = "TrialError";
}

/**
 * Returns a function that invokes `version`.
 *
 * @throws {TrialError} from the returned function, when the version throws, times out or crashes
 */
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
