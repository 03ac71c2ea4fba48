import type { CompletionEvent } from "../../../contract/completion-event.ts";
import type { Receipt } from "../../../contract/receipt.ts";
import type { Invariant } from "./evidence.ts";

/** Returns the facts in which all events about one variant, and its receipt, must agree. */
function claim(event: CompletionEvent | Receipt): string {
  const { state, source, settings } = event;
  const result = event.state === "ready" ? [event.path, event.contentType, event.bytes] : [event.error.code];
  return JSON.stringify([state, source, settings, ...result]);
}

export const events: Invariant = {
  name: "events",
  promise: "every receipt was announced, and no two announcements of a variant contradict each other",
  broken({ afterRedrive }) {
    const announced = Map.groupBy(afterRedrive.events, ({ uploadId, variant }) => `${uploadId} ${variant}`);
    const wrong = afterRedrive.receipts.flatMap(({ key, receipt }) => {
      if ("unreadable" in receipt) return [];
      const name = `${receipt.uploadId} ${receipt.variant}`;
      const claims = new Set(announced.get(name)?.map(claim));
      announced.delete(name);
      if (claims.size === 0) return [`${key}: never announced`];
      claims.add(claim(receipt));
      return claims.size === 1 ? [] : [`${key}: contradicts what was announced: ${[...claims].join(" or ")}`];
    });
    return [...wrong, ...[...announced.keys()].map((name) => `${name}: announced, but there is no receipt`)];
  },
};
