import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A fault of one request to a service. */
export type RequestFault =
  /** S3 answers 503 SlowDown; SNS answers 400 Throttling. */
  | { readonly kind: "throttle" }
  /** The body pauses for `pauseMs` milliseconds before each of its first chunks. */
  | { readonly kind: "slow"; readonly pauseMs: number }
  /**
   * The connection is reset after `share` (0 to 1) of the body's bytes. Without `share` the work is done and the
   * answer is lost.
   */
  | { readonly kind: "reset"; readonly share?: number };

/** A connection that an injected fault has reset. */
export class ResetError extends Error {
  override readonly name = "ResetError";

  constructor() {
    super("The connection was reset by an injected fault");
  }
}

/**
 * Yields a body of `bytes` bytes slowed down, or cut off where the fault resets the connection.
 *
 * @throws {ResetError} after the connection was reset
 */
export async function* withFault(
  body: AsyncIterable<Buffer>,
  bytes: number,
  socket: Socket,
  fault: RequestFault | undefined,
): AsyncGenerator<Buffer> {
  const end = fault?.kind === "reset" ? Math.floor((fault.share ?? 1) * bytes) : undefined;
  let passed = 0;
  let pauses = 0;
  for await (const chunk of body) {
    if (fault?.kind === "slow" && pauses++ < maxPauses) await sleep(fault.pauseMs);
    if (end !== undefined && end < bytes && passed + chunk.length > end) {
      yield chunk.subarray(0, end - passed);
      // A reset overtakes bytes that are still in flight, and the beginning has to arrive.
      await sleep(arrivalMs);
      socket.resetAndDestroy();
      throw new ResetError();
    }
    passed += chunk.length;
    yield chunk;
  }
}

const arrivalMs = 20;

/** A body of many chunks is slow, but it ends. */
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
