import { CommandError } from "./command.ts";

/** A call that AWS refused or did not answer. */
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
 * Makes a call to AWS. When AWS refuses it, the error says what to do.
 *
 * @param permission what the call needs, such as `s3:ListBucket on uploads-1a2b`
 * @throws {AwsCallError} when the call is denied, the credentials have expired, or the resource or service is missing
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
    return `These credentials lack a permission: allow them ${permission}. AWS answered: ${error.message}`;
  }
  if (expired.has(error.name))
    return "The AWS credentials have expired: log in again, then run the command again";
  if (missing.has(error.name)) {
    return `The resource for ${permission} does not exist (${error.message}): is the stage still deployed?`;
  }
  if (typeof error.code === "string" && unreachable.has(error.code)) {
    return `No answer (${error.message || error.code}) to ${permission}: check that the stage still exists and that the network works`;
  }
  return undefined;
}
