import type { CompletionEvent } from "../../contract/receipt.ts";
import { printable } from "./display-text.ts";

/** One line for a completion event, given as its JSON. */
export function describeEvent(message: string): string {
  const event = JSON.parse(message) as CompletionEvent;
  const { state, variant, uploadId } = event;
  const outcome =
    event.state === "ready"
      ? `${event.bytes} bytes  ${event.url}`
      : `${uploadId}  ${event.error.code}: ${event.error.message}`;
  return printable(`${state}  ${variant}  ${outcome}`);
}
