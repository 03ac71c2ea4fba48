import * as v from "valibot";
import { outputUrl } from "./keys.ts";
import { failedReceipt, type Receipt, readyReceipt } from "./receipt.ts";

/**
 * The schema of the messages on the conversions topic: the receipt and, when the variant is ready, the `url` of its
 * output. docs/completion-event.schema.json describes the same to subscribers.
 */
export const completionEvent = v.variant("state", [
  v.object({ ...readyReceipt.entries, url: v.string() }),
  failedReceipt,
]);

const completionEventText = v.pipe(v.string(), v.parseJson(), completionEvent);

/** A message on the conversions topic: one variant of one upload is finished. */
export type CompletionEvent = v.InferOutput<typeof completionEvent>;

/**
 * Returns the event that announces `receipt`.
 *
 * @param cdnUrl the base URL of the CDN
 */
export function completionEventOf(receipt: Receipt, cdnUrl: string): CompletionEvent {
  return receipt.state === "ready" ? { ...receipt, url: outputUrl(cdnUrl, receipt.path) } : receipt;
}

/** Reads the body of a message. Returns undefined when it is not a completion event. */
export function parseCompletionEvent(text: string): CompletionEvent | undefined {
  const result = v.safeParse(completionEventText, text);
  return result.success ? result.output : undefined;
}
