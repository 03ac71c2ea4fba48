import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What goes wrong with one request to a service. */
export type Disturbance =
  | { readonly kind: "throttle" }
  | { readonly kind: "slow"; readonly pauseMs: number }
  /** `share` of the body's bytes arrive; without it the work is done and the answer is lost. */
  | { readonly kind: "reset"; readonly share?: number };

/** A connection that an injected fault has reset. */
export class ResetError extends Error {
  override readonly name = "ResetError";

  constructor() {
    super("The connection was reset by an injected fault");
  }
}

/** A body slowed down, or cut where the connection is reset. */
export async function* disturbed(
  body: AsyncIterable<Buffer>,
  bytes: number,
  socket: Socket,
  disturbance: Disturbance | undefined,
): AsyncGenerator<Buffer> {
  const end = disturbance?.kind === "reset" ? Math.floor((disturbance.share ?? 1) * bytes) : undefined;
  let passed = 0;
  let pauses = 0;
  for await (const chunk of body) {
    if (disturbance?.kind === "slow" && pauses++ < maxPauses) await sleep(disturbance.pauseMs);
    if (end !== undefined && end < bytes && passed + chunk.length > end) {
      yield chunk.subarray(0, end - passed);
      // A reset overtakes what is still on its way: the beginning is to arrive.
      await sleep(arrivalMs);
      socket.resetAndDestroy();
      throw new ResetError();
    }
    passed += chunk.length;
    yield chunk;
  }
}

const arrivalMs = 20;

/** A body of many chunks is slow, and not endless. */
const maxPauses = 10;

/** Resets the connection when `response` is about to begin: the client cannot know that the work is done. */
export function loseAnswer(response: ServerResponse): void {
  const { writeHead } = response;
  Object.assign(response, {
    writeHead: (...head: unknown[]) => {
      response.socket?.resetAndDestroy();
      return Reflect.apply(writeHead, response, head);
    },
  });
}
