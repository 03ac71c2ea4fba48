import { CommandError } from "./command.ts";

/** AWS refused a call, or did not answer. */
export class AwsCallError extends CommandError {
  override readonly name = "AwsCallError";
}

const denied = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationError",
  "AuthorizationErrorException",
  "KMSAccessDenied",
  "KMSAccessDeniedException",
]);
const expired = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const missing = new Set(["NoSuchBucket", "NotFound", "NotFoundException", "QueueDoesNotExist"]);
const unreachable = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN", "EPIPE"]);

/**
 * Does `call`, which needs `permission` ("s3:ListBucket on uploads-1a2b"), and says what to do when AWS refuses it.
 *
 * @throws {AwsCallError} when it is denied, the credentials have expired, or the bucket, topic or service is not there
 */
export async function explained<Result>(permission: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const sentence = error instanceof Error ? explanation(error, permission) : undefined;
    throw sentence === undefined ? error : new AwsCallError(sentence, { cause: error });
  }
}

function explanation(error: Error & { readonly code?: unknown }, permission: string): string | undefined {
  if (denied.has(error.name)) {
    return `These credentials may not do this: allow them ${permission}. AWS said: ${error.message}`;
  }
  if (expired.has(error.name))
    return "The AWS credentials have expired: log in again, then run the command again";
  if (missing.has(error.name)) {
    return `There is nothing to do ${permission} with (${error.message}): is the stage still deployed?`;
  }
  if (typeof error.code === "string" && unreachable.has(error.code)) {
    return `No answer (${error.message || error.code}) to ${permission}: is the stage still there, and the network?`;
  }
  return undefined;
}
