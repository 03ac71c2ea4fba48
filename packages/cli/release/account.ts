import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { ReleaseError } from "./release-error.ts";
import type { ReleaseStage } from "./stage.ts";

/** @throws {ReleaseError} when there are no valid credentials, or they are for another account than the stage's */
export async function checkAccount(sts: STSClient, { name, accountId }: ReleaseStage): Promise<void> {
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new ReleaseError(
      `There are no usable AWS credentials (${error.message}). Stage ${name} needs credentials for account ${accountId}: ` +
        "set AWS_PROFILE, or log in with aws sso login",
      { cause: error },
    );
  });
  if (identity.Account !== accountId) {
    throw new ReleaseError(
      `Stage ${name} is in account ${accountId}, but these credentials are for ${identity.Account} ` +
        `(${identity.Arn}). Nothing was changed`,
    );
  }
}
