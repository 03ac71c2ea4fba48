import { connect, type Socket } from "node:net";

/** The bytes that a server sent until it closed the connection. */
export interface RawAnswer {
  /** The status of the first response; undefined when there was none. */
  readonly status: number | undefined;
  /** The number of responses. */
  readonly count: number;
  readonly text: string;
}

/** Sends bytes to a server, even if they are not valid HTTP, and reads until it closes the connection. */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return readAll(socket);
}

/** Reads until the server closes the connection. */
export async function readAll(socket: Socket): Promise<RawAnswer> {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  // A server that has answered may reset the connection.
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  return { status: statuses[0], count: statuses.length, text };
}

/** Returns the text of a request after whose answer the server closes the connection. */
export function requestText(line: string, headers: Readonly<Record<string, string>> = {}, body = ""): string {
  const all = { host: "127.0.0.1", connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [line, ...lines, "", body].join("\r\n");
}
