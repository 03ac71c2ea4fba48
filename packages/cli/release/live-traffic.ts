import { GetAliasCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { ReleaseTarget } from "../../../contract/stack-outputs.ts";

/** The versions that a function's alias serves. */
export interface LiveTraffic {
  /** The version that has all traffic except that of `additionalWeights`. */
  readonly version: string;
  /** Shares of 1 by version. Empty unless traffic is being shifted. */
  readonly additionalWeights: Readonly<Record<string, number>>;
}

/** Asks Lambda which versions the alias of a function serves. */
export async function liveTraffic(
  { functionName, alias }: ReleaseTarget,
  lambda: LambdaClient,
): Promise<LiveTraffic> {
  const { FunctionVersion: version = "", RoutingConfig: { AdditionalVersionWeights = {} } = {} } =
    await lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }));
  return { version, additionalWeights: AdditionalVersionWeights };
}

/** Returns the version that has all traffic, and undefined while two share it. */
export function onlyVersion({ version, additionalWeights }: LiveTraffic): string | undefined {
  return Object.keys(additionalWeights).length === 0 ? version : undefined;
}
