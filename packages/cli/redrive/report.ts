import { bytesText, clockText, countText, printable } from "@henkan/client/text";
import { table } from "../text.ts";
import type { Survey } from "./dead-letters.ts";
import type { Moved } from "./moving.ts";

/** The outcome for the messages of one queue. */
export interface QueueOutcome extends Moved {
  readonly survey: Survey;
  /** Messages left in the dead-letter queue. */
  readonly left: number;
  /** Messages that the converter has not received or not finished. */
  readonly waiting: number;
}

const shownUploads = 20;

export function surveyText(surveys: readonly Survey[]): string {
  const filled = surveys.filter(({ messages, inFlight }) => messages + inFlight > 0);
  if (filled.length === 0) return "Nothing to redrive: the dead-letter queues are empty";
  return filled.map(queueText).join("\n\n");
}

const sentences = {
  "dead-letter": "that its converter failed on",
  undelivered: "that SNS could not deliver to its queue",
};

function queueText({ queue, messages, isExact, inFlight, uploads, foreign }: Survey): string {
  const heading = `${queue.converter}: ${isExact ? "" : "about "}${countText(messages, "message")} ${sentences[queue.kind]}`;
  const rows = uploads
    .slice(0, shownUploads)
    .map(({ key, bytes, ageSeconds, received }) => [
      printable(key),
      bytesText(bytes),
      clockText(ageSeconds),
      received,
    ]);
  const looked = uploads.length + foreign;
  return [
    heading,
    ...(rows.length > 0 ? [table(["upload", "size", "waits for", "received"], rows)] : []),
    ...(uploads.length > rows.length ? [`and ${uploads.length - rows.length} more`] : []),
    ...(foreign > 0 ? [`${countText(foreign, "message")} of those checked: not an S3 event`] : []),
    ...(isExact ? [] : [`A sample: ${looked} of them were checked`]),
    ...(inFlight > 0
      ? [`${countText(inFlight, "message")} more: held by another receiver, cannot be moved yet`]
      : []),
  ].join("\n");
}

export function queueOutcomesText(outcomes: readonly QueueOutcome[], stageOption: string): string {
  return outcomes
    .map(({ survey: { queue }, moved, failure, left, waiting }) => {
      const parts = [
        `${queue.converter}: ${countText(moved, "message")} moved back${failure ? `, then it stopped: ${failure}` : ""}`,
        left > 0 ? `${left} still in the ${queue.kind} queue` : `the ${queue.kind} queue is empty`,
        waiting > 0
          ? `${waiting} not finished yet: check again later with npm run henkan -- redrive --dry-run${stageOption}`
          : "the converter's queue is empty",
      ];
      return parts.join("; ");
    })
    .join("\n");
}

export function redriveJson(
  stage: string,
  surveys: readonly Survey[],
  outcomes?: readonly QueueOutcome[],
): string {
  const queues = surveys.map((survey) => {
    const { queue, ...found } = survey;
    const outcome = outcomes?.find((each) => each.survey === survey);
    const { moved, failure, left, waiting } = outcome ?? {};
    return {
      converter: queue.converter,
      queue: queue.kind,
      ...found,
      ...(outcome && { outcome: { moved, failure: failure ?? null, left, waiting } }),
    };
  });
  return JSON.stringify({ stage, queues });
}
