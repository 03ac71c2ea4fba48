import type { SqsCall } from "./call.ts";
import type { Message } from "./queues.ts";

/** Receives at once what is there, or waits until something is, the time is over or the client has hung up. */
export async function receiveWithin(
  { queues, clock, hungUp }: Pick<SqsCall, "queues" | "clock" | "hungUp">,
  queueArn: string,
  options: { limit: number; visibilityTimeoutSeconds: number | undefined; waitMs: number },
): Promise<Message[]> {
  const deadline = clock.now() + options.waitMs;
  for (;;) {
    if (hungUp.aborted || !queues.has(queueArn)) return [];
    const messages = queues.receive(queueArn, options.limit, options.visibilityTimeoutSeconds);
    if (messages.length > 0 || clock.now() >= deadline) return messages;
    const next = Math.min(queues.nextVisibleAt(queueArn) ?? deadline, deadline);
    await new Promise<void>((resolve) => {
      const cancelTimer = clock.after(next - clock.now(), done);
      const stopListening = queues.onArrival(queueArn, done);
      hungUp.addEventListener("abort", done);
      function done() {
        cancelTimer();
        stopListening();
        hungUp.removeEventListener("abort", done);
        resolve();
      }
    });
  }
}
