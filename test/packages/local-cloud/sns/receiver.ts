import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { close, listen } from "../../../../packages/local-cloud/listen.ts";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A web hook that keeps what is posted to it and answers with the next of `statuses`, then with 200. */
export async function startReceiver(statuses: number[] = []): Promise<{
  readonly url: string;
  readonly received: Received[];
  /** Resolves once that many requests have come. */
  readonly until: (count: number) => Promise<readonly Received[]>;
  readonly stop: () => Promise<void>;
}> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(statuses.shift() ?? 200).end();
    for (const look of waiting) look();
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}/hook`;
  return {
    url,
    received,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve(received);
        };
        waiting.add(look);
        look();
      }),
    stop: () => close(server),
  };
}
