import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { buffer, text } from "node:stream/consumers";
import { listen } from "@henkan/local-cloud/testing";
import type { Pipeline } from "../../support/pipeline.ts";

interface Interference {
  /** Changes the JSON that `POST /uploads` answers. */
  readonly changeCreated?: (created: string) => string;
  /** Called with the number of every PUT before it is passed to S3. */
  readonly beforePut?: (count: number) => Promise<void>;
}

/** Starts a proxy that serves the API and S3 at one address. `interference` changes answers and delays requests. */
export async function inFrontOf(
  { cloud: { urls } }: Pipeline,
  { changeCreated = (created) => created, beforePut = async () => {} }: Interference,
): Promise<{ server: Server; url: string }> {
  let puts = 0;
  const server = createServer(async (incoming, response) => {
    const isPut = incoming.method === "PUT";
    const body = await buffer(incoming);
    if (isPut) await beforePut(++puts);
    const origin = isPut ? urls.s3 : urls.api;
    const headers = { ...incoming.headers, host: new URL(origin).host };
    const outgoing = request(`${origin}${incoming.url}`, { method: incoming.method ?? "GET", headers });
    const [answer] = (await once(outgoing.end(body), "response")) as [IncomingMessage];
    const content = await text(answer);
    const isCreated = incoming.method === "POST" && answer.statusCode === 201;
    response.writeHead(answer.statusCode ?? 0, {
      "content-type": answer.headers["content-type"] ?? "text/plain",
    });
    response.end(isCreated ? changeCreated(content).replaceAll(urls.s3, url) : content);
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  return { server, url };
}
