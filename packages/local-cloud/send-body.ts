import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { giveBack } from "./give-back.ts";

/**
 * Ends `response`, whose headers are written, with `body`; its chunks are handed over: their memory is gone afterwards.
 *
 * @throws {Error} when the client hangs up or `body` fails
 */
export async function sendBody(body: Readable, response: ServerResponse): Promise<void> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    await written(chunk, response);
    giveBack(chunk);
  }
  response.end();
}

/** Resolves when the system has taken the chunk, whose memory may then be used otherwise. */
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
