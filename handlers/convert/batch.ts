import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { logger } from "../observability.ts";
import { type RequestedUpload, requestedUploads } from "./requested-uploads.ts";

/** The parts of the program that `batchHandler` calls. */
export interface BatchDependencies {
  /** Rejects when the upload must be tried again. */
  readonly convertUpload: (object: RequestedUpload) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Counts an error that sends a message back. */
  readonly unclassifiedError: () => void;
}

/** A Lambda handler of a queue's messages that reports the failed ones. */
export type BatchHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

/** The time kept at the end of an invocation for logs and the response. */
const reserveMilliseconds = 1_000;

/**
 * Converts the uploads of each message, one after the other, and sends failed messages back to the queue.
 *
 * It does not start a message when the remaining time is shorter than the longest message so far took. Only that message is
 * then retried after its visibility timeout; if the function timed out, the whole batch would be.
 */
export function batchHandler({ convertUpload, now, unclassifiedError }: BatchDependencies): BatchHandler {
  function sendBack(message: { messageId: string; key?: string }, error: unknown): false {
    unclassifiedError();
    logger.error("The message is sent back to the queue", { result: "retry", ...message, error });
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
        logger.warn("No time is left for the message", { result: "postponed", messageId });
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
