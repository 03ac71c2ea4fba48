import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request as the client sent it; `path` is not decoded. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A response of the server. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Closes the connection after the body, which is shorter than content-length. */
  readonly cut?: boolean;
}

/** The settings of every SDK client in these tests: fixed credentials, no retries. */
export const clientSettings = {
  region: "eu-central-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  maxAttempts: 1,
};

/** A server that answers SDK clients with given responses, for failures that the local cloud does not have. */
export function standIn(reply: (request: ReceivedRequest) => Reply) {
  const requests: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const received = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: await buffer(request),
    };
    requests.push(received);
    const { status = 200, headers = {}, body = "", cut = false } = reply(received);
    response.writeHead(status, headers);
    if (cut) response.write(body, () => response.destroy());
    else response.end(body);
  });
  const endpoint = { url: "" };

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    requests.length = 0;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, endpoint };
}

export function s3Error(status: number, code: string): Reply {
  return { status, body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}
