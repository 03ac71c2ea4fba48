import { connect, type Socket } from "node:net";

/** What a server sent back until it closed the connection. */
export interface RawAnswer {
  /** Of the first response; undefined when there was none. */
  readonly status: number | undefined;
  /** Responses there were. */
  readonly count: number;
  readonly text: string;
}

/** Sends bytes as they are to a server, whatever HTTP thinks of them, and reads to the end. */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return readAll(socket);
}

export async function readAll(socket: Socket): Promise<RawAnswer> {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  // A server that is through with a client may reset the connection.
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  return { status: statuses[0], count: statuses.length, text };
}

/** A request whose connection ends with its answer. */
export function requestText(line: string, headers: Readonly<Record<string, string>> = {}, body = ""): string {
  const all = { host: "127.0.0.1", connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [line, ...lines, "", body].join("\r\n");
}
