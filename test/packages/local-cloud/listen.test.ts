import { createServer, type RequestListener, type ServerOptions } from "node:http";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { close, listen, type Patience } from "../../../packages/local-cloud/listen.ts";
import { readAll } from "../../front-doors/raw-request.ts";

const short: Patience = { headers: 100, request: 100, idle: 100 };
const hour = 3_600_000;

describe("a listening server", () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  /** Connects to a server that answers when it has the whole request. */
  async function open(patience: Patience, options: ServerOptions = {}, listener: RequestListener = echo) {
    const server = createServer({ connectionsCheckingInterval: 20, ...options }, listener);
    const port = await listen(server, 0, patience);
    cleanUps.push(() => close(server));
    return connect(port, "127.0.0.1");
  }
  const echo: RequestListener = (request, response) => {
    request.resume().on("end", () => response.end("whole"));
    request.on("error", () => {});
  };
  const post = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\n";

  it("answers 408 to headers that never end, although they keep arriving", async () => {
    const socket = await open({ ...short, idle: hour });
    const trickle = setInterval(() => socket.write("x: 1\r\n"), 10);
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n");
    try {
      expect(await readAll(socket)).to.include({ status: 408, count: 1 });
    } finally {
      clearInterval(trickle);
    }
  });

  it("answers 408 to headers that never end when requests have no time limit", async () => {
    const socket = await open({ ...short, idle: hour }, { requestTimeout: 0 });
    socket.write("GET / HTTP/1.1\r\n");
    expect(await readAll(socket)).to.include({ status: 408 });
  });

  it("answers 408 to a body that does not end within the time limit of a request", async () => {
    const socket = await open({ ...short, idle: hour });
    socket.write(post);
    expect(await readAll(socket)).to.include({ status: 408 });
  });

  it("answers 408 to a body that stops arriving", async () => {
    const socket = await open({ headers: hour, request: hour, idle: 100 }, { requestTimeout: 0 });
    socket.write(`${post}ab`);
    expect(await readAll(socket)).to.include({ status: 408 });
  });

  it("disconnects a client that does not read its answer", async () => {
    const socket = await open({ headers: hour, request: hour, idle: 100 }, {}, (_request, response) => {
      response.end(Buffer.alloc(64 * 2 ** 20));
    });
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    // A socket notices only when it writes that the other side is gone.
    const knock = setInterval(() => socket.write("x"), 20);
    await closed;
    clearInterval(knock);
  });

  it("waits for a listener that answers slowly", async () => {
    const socket = await open({ headers: hour, request: hour, idle: 20 }, {}, async (_request, response) => {
      await setTimeout(200);
      response.end("late");
    });
    socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const { status, text } = await readAll(socket);
    expect([status, text.endsWith("late")]).to.deep.equal([200, true]);
  });

  it("accepts a slow upload that keeps sending", async () => {
    const socket = await open({ headers: 100, request: 100, idle: hour }, { requestTimeout: 0 });
    socket.write(post);
    await setTimeout(300);
    socket.write("abc");
    expect(await readAll(socket)).to.include({ status: 200 });
  });
});
