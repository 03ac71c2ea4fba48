import { SQSClient } from "@aws-sdk/client-sqs";
import { countText } from "@henkan/client/text";
import { pause } from "./command/pause.ts";
import { answers } from "./command/questions.ts";
import { defineCommand, UsageError, unlessInterrupted, wholeNumber } from "./command.ts";
import { Progress } from "./progress.ts";
import {
  counts,
  type DeadLetterQueue,
  deadLetterQueues,
  type Survey,
  survey,
} from "./redrive/dead-letters.ts";
import { type MoveOptions, move } from "./redrive/moving.ts";
import { type QueueOutcome, queueOutcomesText, redriveJson, surveyText } from "./redrive/report.ts";
import { resolveTarget, type Target, targetHelp, targetOptions } from "./target.ts";

const help = `Shows the messages in the stage's dead-letter queues and moves them back to their converters.

  npm run henkan -- redrive [--converter NAME…] [--dry-run] [--yes] [--rate N] [--timeout SECONDS] [--json]
                            [--stage NAME] [--deployed] [--data DIR]

  --converter NAME
                 this converter only; can be given several times (default: all)
  --dry-run      show the messages and move nothing
  --yes          do not ask before messages are moved
  --rate N       messages a second at most, 1 to 500 (default: 10)
  --timeout N    wait N seconds at most for the converters afterwards (default: 60)
  --json         print one JSON document instead of text
${targetHelp}

Remove the cause first. Moving a message twice is harmless: no variant is made twice. The exit code is 1 when
messages are left in a dead-letter queue. The caller needs sqs:GetQueueAttributes, ReceiveMessage,
ChangeMessageVisibility, DeleteMessage, StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask on the
dead-letter queues and sqs:SendMessage and GetQueueAttributes on the queues; with henkan:kms also kms:Decrypt and
kms:GenerateDataKey on their key.`;

/** SQS accepts no more, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html. */
const maxRate = 500;
const maxTimeoutSeconds = 86_400;
const pollMs = 500;

export const redrive = defineCommand({
  help,
  options: {
    ...targetOptions,
    converter: { type: "string", multiple: true, default: [] },
    "dry-run": { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
    rate: { type: "string", default: "10" },
    timeout: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
  run: async ({ values, interruption }) => {
    if (values.json && !values.yes && !values["dry-run"]) {
      throw new UsageError("--json cannot ask: add --yes or --dry-run");
    }
    const rate = wholeNumber("--rate", values.rate, maxRate);
    const patienceMs = wholeNumber("--timeout", values.timeout, maxTimeoutSeconds) * 1_000;
    const target = await unlessInterrupted(interruption, resolveTarget(values));
    const queues = chosen(target, values.converter);
    console.error(`Redrive of ${target.description}`);
    const sqs = new SQSClient(target.clientConfig("sqs"));
    try {
      const surveys: Survey[] = [];
      for (const queue of queues) {
        interruption.throwIfAborted();
        surveys.push(await survey(sqs, queue));
      }
      if (!values.json) console.log(surveyText(surveys));
      const filled = surveys.filter(({ messages }) => messages > 0);
      const isAgreed =
        !values["dry-run"] &&
        filled.length > 0 &&
        (values.yes || (await confirm(filled, rate, interruption)));
      const outcomes = isAgreed ? await moveAll(sqs, filled, { rate, interruption, patienceMs }) : undefined;
      if (values.json) console.log(redriveJson(target.stage, surveys, outcomes));
      else if (outcomes)
        console.log(`\n${queueOutcomesText(outcomes, values.stage ? ` --stage ${values.stage}` : "")}`);
      interruption.throwIfAborted();
      return outcomes?.some(({ left, failure }) => left > 0 || failure) ? 1 : 0;
    } finally {
      sqs.destroy();
    }
  },
});

/** @throws {UsageError} for a name that is not a converter of the stage */
function chosen({ stage, outputs }: Target, converters: readonly string[]): DeadLetterQueue[] {
  const declared = Object.keys(outputs.queues);
  const unknown = converters.find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--converter of stage ${stage} is ${declared.join(" or ")}, not "${unknown}"`);
  }
  return deadLetterQueues(outputs.queues).filter(
    ({ converter }) => converters.length === 0 || converters.includes(converter),
  );
}

function confirm(filled: readonly Survey[], rate: number, interruption: AbortSignal): Promise<boolean> {
  const all = filled.reduce((sum, { messages }) => sum + messages, 0);
  const about = filled.every(({ isExact }) => isExact) ? "" : "about ";
  const question = `\nMove ${about}${countText(all, "message")} back, ${rate} a second at most? Type yes to continue:`;
  return answers(question, "yes", interruption);
}

/** Moves the messages of one queue after the other, then waits for the converters. An interruption ends it between messages. */
async function moveAll(
  sqs: SQSClient,
  surveys: readonly Survey[],
  { patienceMs, ...options }: Omit<MoveOptions, "onProgress"> & { readonly patienceMs: number },
): Promise<QueueOutcome[]> {
  const progress = new Progress(process.stderr.isTTY ? process.stderr : undefined);
  const moved = [];
  for (const found of surveys) {
    const { converter, kind } = found.queue;
    const onProgress = (count: number) =>
      progress.show(`${converter}, ${kind}: ${count} of ${found.messages} moved`);
    if (options.interruption.aborted) break;
    moved.push({ survey: found, ...(await move(sqs, found.queue, { ...options, onProgress })) });
  }
  progress.clear();
  const deadline = performance.now() + patienceMs;
  const outcomes: QueueOutcome[] = [];
  for (const each of moved) {
    const { queue } = each.survey;
    const waiting = await settled(sqs, queue, { deadline, interruption: options.interruption, progress });
    const { visible, inFlight } = await counts(sqs, queue);
    outcomes.push({ ...each, left: visible + inFlight, waiting });
  }
  progress.clear();
  return outcomes;
}

/** Waits until the converter's queue is empty, and returns the number of messages that it still has. */
async function settled(
  sqs: SQSClient,
  { converter, destination }: DeadLetterQueue,
  { deadline, interruption, progress }: { deadline: number; interruption: AbortSignal; progress: Progress },
): Promise<number> {
  for (;;) {
    const { visible, inFlight } = await counts(sqs, destination);
    const waiting = visible + inFlight;
    if (waiting === 0 || interruption.aborted || performance.now() > deadline) return waiting;
    progress.show(`${converter}: ${waiting} to be converted`);
    await pause(pollMs, [interruption]);
  }
}
