import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { logger } from "../observability.ts";
import { type RequestedUpload, requestedUploads } from "./requested-uploads.ts";

export interface BatchDependencies {
  readonly convertUpload: (object: RequestedUpload) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called for every failure that sends a message back. */
  readonly unclassifiedError: () => void;
}

export type BatchHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

/** Left over at the end of an invocation for logs and the response to get out. */
const reserveMilliseconds = 1_000;

/**
 * Converts what each message is about, one after the other, and gives back the messages that should come again.
 *
 * A message is not begun when the time left would not do for the longest of those before it: it alone comes again
 * after its visibility timeout, instead of the whole batch after the function's.
 */
export function batchHandler({ convertUpload, now, unclassifiedError }: BatchDependencies): BatchHandler {
  function sendBack(message: { messageId: string; key?: string }, error: unknown): false {
    unclassifiedError();
    logger.error("The message comes again", { result: "retry", ...message, error });
    return false;
  }

  async function succeeds(messageId: string, object: RequestedUpload): Promise<boolean> {
    try {
      await convertUpload(object);
      return true;
    } catch (error) {
      return sendBack({ messageId, key: object.key }, error);
    }
  }

  async function isFinished({ messageId, body }: SQSRecord): Promise<boolean> {
    let objects: readonly RequestedUpload[];
    try {
      objects = requestedUploads(body);
    } catch (error) {
      return sendBack({ messageId }, error);
    }
    let finished = true;
    for (const object of objects) finished = (await succeeds(messageId, object)) && finished;
    return finished;
  }

  return async ({ Records }, context) => {
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    let longest = 0;
    for (const message of Records) {
      const { messageId } = message;
      if (context.getRemainingTimeInMillis() < longest + reserveMilliseconds) {
        logger.warn("No time left for the message", { result: "postponed", messageId });
        batchItemFailures.push({ itemIdentifier: messageId });
        continue;
      }
      const started = now();
      if (!(await isFinished(message))) batchItemFailures.push({ itemIdentifier: messageId });
      longest = Math.max(longest, now() - started);
    }
    return { batchItemFailures };
  };
}
