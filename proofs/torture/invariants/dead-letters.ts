import * as v from "valibot";
import { parseUploadKey, receiptKey, uploadKey } from "../../../contract/keys.ts";
import { s3EventText } from "../../../contract/s3-event.ts";
import type { Evidence, Invariant } from "./evidence.ts";

/** Returns the converter and the file of every message in a dead-letter queue. */
function deadLetters({ stage, afterStorm }: Evidence): Set<string> {
  return new Set(
    stage.queues.flatMap(({ converter, deadLetterArn }) =>
      (afterStorm.messages.get(deadLetterArn) ?? []).flatMap((body) =>
        v
          .parse(s3EventText, body)
          .map(({ object: { key } }) => `${converter} ${parseUploadKey(key)?.filename ?? key}`),
      ),
    ),
  );
}

function poisonedUploads({ stage, faults }: Evidence): Set<string> {
  const poison = faults.filter(({ kind }) => kind === "poison");
  return new Set(
    stage.queues.flatMap(({ converter, functionName }) =>
      poison.filter(({ place }) => place === functionName).map(({ upload }) => `${converter} ${upload}`),
    ),
  );
}

export const deadLettersAreDeserved: Invariant = {
  name: "dead-letters",
  promise:
    "only what cannot be processed is in a dead-letter queue, and a redrive without the fault completes it",
  broken(evidence) {
    const { stage, unsettled, afterStorm, afterRedrive, accepted } = evidence;
    const poisoned = poisonedUploads(evidence);
    const dead = deadLetters(evidence);
    const innocent = [...dead]
      .filter((name) => !poisoned.has(name))
      .map((name) => `${name}: dead without reason`);
    const stored = new Set(afterStorm.uploads.map(({ key }) => key));
    const receipts = new Set(afterStorm.receipts.map(({ key }) => key));
    const beforeCalm = accepted.filter(({ id, storedName }) =>
      stored.has(uploadKey({ uploadId: id, filename: storedName })),
    );
    const unfinished = beforeCalm.flatMap(({ id, storedName, expected }) =>
      [...expected.keys()]
        .filter((variant) => !receipts.has(receiptKey(id, variant)))
        .filter((variant) => {
          const converter = stage.converters.find(({ variants }) =>
            variants.some(({ name }) => name === variant),
          );
          return !dead.has(`${converter?.converter} ${storedName}`);
        })
        .map(
          (variant) =>
            `"${storedName}" ${variant}: neither finished nor in a dead-letter queue after the storm`,
        ),
    );
    const left = [...afterRedrive.messages].flatMap(([arn, bodies]) =>
      bodies.length > 0
        ? [`${arn.split(":").at(-1)}: ${bodies.length} messages are left after the redrive`]
        : [],
    );
    const waiting =
      unsettled > 0 ? [`${unsettled} messages were still on their way when patience ended`] : [];
    return [...waiting, ...innocent, ...unfinished, ...left];
  },
};
