import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { sendBody } from "../../../packages/local-cloud/send-body.ts";

const mib = 2 ** 20;

/** Sends `body` from a server. Returns the answer, and a promise for the outcome of `sendBody`. */
async function answered(body: Readable): Promise<{ answer: IncomingMessage; sent: Promise<unknown> }> {
  const { promise: sent, resolve } = Promise.withResolvers<unknown>();
  const server = createServer((_, response) => {
    resolve(sendBody(body, response).catch((error: Error) => error.message));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  server.close();
  return { answer, sent };
}

describe("sendBody", () => {
  it("sends every byte to a slow client, and frees the memory of the chunks", async () => {
    const bytes = randomBytes(24 * mib);
    const chunks = Array.from({ length: 24 }, (_, index) => {
      const chunk = Buffer.allocUnsafeSlow(mib);
      bytes.copy(chunk, 0, index * mib);
      return chunk;
    });
    const { answer, sent } = await answered(Readable.from(chunks));
    await sleep(100);
    expect((await buffer(answer)).equals(bytes)).to.equal(true);
    await sent;
    expect(chunks.map(({ length }) => length)).to.deep.equal(chunks.map(() => 0));
  });

  it("does not free chunks that share their memory", async () => {
    const whole = Buffer.from("beginning and end");
    const { answer } = await answered(Readable.from([whole.subarray(0, 9), whole.subarray(9)]));
    expect((await buffer(answer)).toString()).to.equal("beginning and end");
    expect(whole.toString()).to.equal("beginning and end");
  });

  it("rejects, and ends the body, when the client disconnects", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.allocUnsafeSlow(mib);
      })(),
    );
    const { answer, sent } = await answered(endless);
    answer.destroy();
    expect(await sent).to.be.oneOf([
      "The client hung up",
      "write EPIPE",
      "write ECONNRESET",
      "write ECANCELED",
    ]);
    expect(endless.destroyed).to.equal(true);
  });
});
