import { bytesText, printable } from "@henkan/client/text";
import { parseCompletionEvent } from "../../contract/completion-event.ts";

/** Returns one line for a completion event, given as its JSON. A message that is not one is returned as it is. */
export function describeEvent(message: string): string {
  const event = parseCompletionEvent(message);
  if (!event) return printable(message);
  const { state, variant, uploadId } = event;
  const outcome =
    event.state === "ready"
      ? `${bytesText(event.bytes)}  ${event.url}`
      : `${uploadId}  ${event.error.code}: ${event.error.message}`;
  return printable(`${state}  ${variant}  ${outcome}`);
}
