import { defineCommand, UsageError, unlessInterrupted } from "./command.ts";
import { describeEvent } from "./completion-event.ts";
import { resolveTarget, type Target, targetHelp, targetOptions } from "./target.ts";
import { type EventFilter, forEachEvent } from "./watch/event-queue.ts";
import { queueName, removeWatchQueues, watchQueues } from "./watch/leftovers.ts";

const help = `Prints the completion event of every variant as it arrives, until Ctrl-C.

  npm run henkan -- watch [--state ready|failed] [--variant NAME…] [--converter NAME…] [--json]
                          [--stage NAME] [--deployed] [--data DIR]

  --state S      only events of this state
  --variant NAME, --converter NAME
                 only events of these; can be given several times
  --json         print each event as it was published, one per line (docs/events.md)
  --remove-leftovers
                 remove the queues of killed runs, and of everyone else who watches the stage
${targetHelp}

The command subscribes its own queue to the stage's conversions topic and removes both at the end. The caller needs
sqs:CreateQueue, ReceiveMessage, DeleteMessage, DeleteQueue and ListQueues, sns:Subscribe and Unsubscribe; to remove
leftovers also sns:ListSubscriptionsByTopic.`;

const states = ["ready", "failed"];

export const watch = defineCommand({
  help,
  options: {
    ...targetOptions,
    state: { type: "string", multiple: true, default: [] },
    variant: { type: "string", multiple: true, default: [] },
    converter: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    "remove-leftovers": { type: "boolean", default: false },
  },
  run: async ({ values, interruption }) => {
    const target = await unlessInterrupted(interruption, resolveTarget(values));
    const filter = checked(values, target);
    const others = await unlessInterrupted(interruption, watchQueues(target));
    if (values["remove-leftovers"]) {
      await removeWatchQueues(target, others);
      console.error(`${target.description}: ${others.length} queues removed`);
      for (const url of others) console.log(queueName(url));
      return 0;
    }
    if (others.length > 0) console.error(leftoversText(others));
    const ended = AbortSignal.any([interruption, outputClosed()]);
    await forEachEvent(target, filter, {
      ended,
      onReady: () => console.error(`Watching ${target.description}. Ctrl-C ends it`),
      onEvent: (event) => console.log(values.json ? event : describeEvent(event)),
    });
    return 0;
  },
});

/** @throws {UsageError} for a value that no event of the stage can have */
function checked({ state, variant, converter }: EventFilter, { stage, outputs }: Target): EventFilter {
  const allowed = {
    state: states,
    variant: outputs.variants.map(({ name }) => name),
    converter: [...new Set(outputs.variants.map((declared) => declared.converter))],
  };
  const filter = { state, variant, converter };
  for (const [option, values] of Object.entries(filter)) {
    const known = allowed[option as keyof EventFilter];
    const unknown = values.find((value) => !known.includes(value));
    if (unknown !== undefined)
      throw new UsageError(`--${option} of stage ${stage} is ${known.join(" or ")}, not "${unknown}"`);
  }
  return filter;
}

function leftoversText(urls: readonly string[]): string {
  return (
    `Others are watching, or were killed before they removed their queues: ${urls.map(queueName).join(", ")}. ` +
    "If no one is watching, remove the queues with the same command and --remove-leftovers"
  );
}

/** Returns a signal that is aborted when the reader of the output has gone, as in `watch | head -1`. */
function outputClosed(): AbortSignal {
  const closed = new AbortController();
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  return closed.signal;
}
