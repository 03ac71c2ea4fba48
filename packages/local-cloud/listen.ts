import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { LocalCloudError } from "./errors.ts";

/** Another program uses the port. */
export class PortInUseError extends LocalCloudError {
  override readonly name = "PortInUseError";
  override readonly code = "port-in-use";
}

/** The time in milliseconds that a server waits for its client. */
export interface Patience {
  /** Until the last header has arrived. */
  readonly headers: number;
  /** Until the last byte of the request has arrived. A server that was created with `requestTimeout: 0` has no limit. */
  readonly request: number;
  /** Between two bytes, while the server waits for the client to send or to read. */
  readonly idle: number;
}

/**
 * The request's limit is API Gateway's, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html.
 * The idle limit is S3's (RequestTimeout), https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
 */
const patienceOfAws: Patience = { headers: 10_000, request: 30_000, idle: 20_000 };

/**
 * Listens on loopback only and returns the port; with 0, the system chooses a free one. The server disconnects clients
 * that send their headers or bodies very slowly, or stop reading.
 *
 * @throws {PortInUseError}
 */
export async function listen(
  server: Server,
  port: number,
  patience: Patience = patienceOfAws,
): Promise<number> {
  cutOffSlowClients(server, patience);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortInUseError(`Port ${port} is in use.`) : error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening and drops the connections that are still open. */
export async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Sets all limits. Node.js has limits for whole headers and requests; the socket's timeout notices a silent client. */
function cutOffSlowClients(server: Server, { headers, request, idle }: Patience): void {
  server.headersTimeout = headers;
  if (server.requestTimeout > 0) server.requestTimeout = request;
  const exchanges = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse }>();
  const note = (request: IncomingMessage, response: ServerResponse) =>
    exchanges.set(request.socket, { request, response });
  server.prependListener("request", note);
  if (server.listenerCount("checkContinue") > 0) server.prependListener("checkContinue", note);
  server.setTimeout(idle, (socket: Socket) => {
    const { request, response } = exchanges.get(socket) ?? {};
    const isOurTurn = request?.complete && !response?.writableFinished && response?.writableLength === 0;
    if (isOurTurn) socket.setTimeout(idle);
    else if (response?.headersSent === false) refuse(socket);
    else socket.destroy();
  });
}

function refuse(socket: Socket): void {
  socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", () => socket.destroy());
}
