import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { releaseMemory } from "./release-memory.ts";

/**
 * Sends `body` and ends `response`, whose headers are already written. The memory of each chunk is released after it
 * was sent, so nothing else may use the chunks.
 *
 * @throws {Error} when the client hangs up or `body` fails
 */
export async function sendBody(body: Readable, response: ServerResponse): Promise<void> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    await written(chunk, response);
    releaseMemory(chunk);
  }
  response.end();
}

/** Resolves when the system has copied the chunk, so that its memory is free. */
function written(chunk: Buffer, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hungUp = () => reject(new Error("The client hung up"));
  response.once("close", hungUp);
  response.write(chunk, (error) => {
    response.off("close", hungUp);
    if (error) reject(error);
    else resolve();
  });
  return promise;
}
