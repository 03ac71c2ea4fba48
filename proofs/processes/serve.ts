import type { CallMessage, CallsOf, ChildMessage } from "./calls.ts";

/** Implementations of `Calls`, which may be asynchronous. */
type Implementation<Calls extends CallsOf<Calls>> = {
  readonly [Name in keyof Calls]: (
    ...args: Parameters<Calls[Name]>
  ) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>;
};

/**
 * Answers the calls of the process that forked this one. An error is sent back as text, with its stack. When the parent
 * disconnects or ends, `cleanUp` runs and this process exits: no child outlives its parent.
 */
export function serve<Calls extends CallsOf<Calls>>(
  calls: Implementation<Calls>,
  cleanUp: () => unknown = () => {},
): void {
  const byName = new Map(Object.entries<(...args: never[]) => unknown>(calls));
  process.on("message", async ({ id, name, args }: CallMessage) => {
    try {
      send({ id, result: await byName.get(name)?.(...(args as never[])) });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once("disconnect", async () => {
    try {
      await cleanUp();
    } finally {
      process.exit();
    }
  });
}

/** Sends the parent an event. */
export function sendEvent(event: unknown): void {
  send({ event });
}

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
