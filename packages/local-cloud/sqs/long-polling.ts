import type { SqsCall } from "./call.ts";
import type { Message } from "./queues.ts";

/**
 * Returns the visible messages of a queue. When there are none, waits until there is one, `waitMs` has passed, or the
 * client has disconnected.
 */
export async function receiveWithin(
  { queues, clock, disconnected }: Pick<SqsCall, "queues" | "clock" | "disconnected">,
  queueArn: string,
  options: { limit: number; visibilityTimeoutSeconds: number | undefined; waitMs: number },
): Promise<Message[]> {
  const deadline = clock.now() + options.waitMs;
  for (;;) {
    if (disconnected.aborted || !queues.has(queueArn)) return [];
    const messages = queues.receive(queueArn, options.limit, options.visibilityTimeoutSeconds);
    if (messages.length > 0 || clock.now() >= deadline) return messages;
    const next = Math.min(queues.nextVisibleAt(queueArn) ?? deadline, deadline);
    await new Promise<void>((resolve) => {
      const cancelTimer = clock.after(next - clock.now(), done);
      const stopListening = queues.onArrival(queueArn, done);
      disconnected.addEventListener("abort", done);
      function done() {
        cancelTimer();
        stopListening();
        disconnected.removeEventListener("abort", done);
        resolve();
      }
    });
  }
}
