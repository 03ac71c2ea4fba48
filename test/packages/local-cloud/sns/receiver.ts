import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { close, listen } from "../../../../packages/local-cloud/listen.ts";

/** A request that a web hook received. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Starts a web hook that keeps every request, and answers with the next of `statuses`, then with 200. */
export async function startReceiver(statuses: number[] = []): Promise<{
  readonly url: string;
  readonly received: Received[];
  /** Resolves when `count` requests have arrived. */
  readonly until: (count: number) => Promise<readonly Received[]>;
  readonly stop: () => Promise<void>;
}> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(statuses.shift() ?? 200).end();
    for (const check of waiting) check();
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}/hook`;
  return {
    url,
    received,
    until: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (received.length < count) return;
          waiting.delete(check);
          resolve(received);
        };
        waiting.add(check);
        check();
      }),
    stop: () => close(server),
  };
}
