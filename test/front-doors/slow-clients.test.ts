import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect } from "chai";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type Door, get, postText, putText } from "./forgery.ts";
import { readAll, requestText, sendRaw } from "./raw-request.ts";
import { frontDoorsGraph, type Scene, setScene } from "./scene.ts";

/** Time limits in milliseconds; 0 is no limit. */
interface Limits {
  /** The time for the headers. */
  readonly headers: number;
  /** The time for the whole request. */
  readonly request: number;
  /** The time without any byte. */
  readonly idle: number;
}

/** The limits of each endpoint. S3 accepts a slow body as long as it keeps arriving. */
const limits: Readonly<Record<Door, Limits>> = {
  api: { headers: 10_000, request: 30_000, idle: 20_000 },
  s3: { headers: 10_000, request: 0, idle: 20_000 },
  cdn: { headers: 10_000, request: 30_000, idle: 20_000 },
  sns: { headers: 10_000, request: 30_000, idle: 20_000 },
};
const shortMs = 100;

/** Requests without their last bytes. */
const unfinished: Readonly<Record<Exclude<Door, "cdn">, (scene: Scene) => string>> = {
  api: () => postText(`{"filename":"a.png","contentType":"image/png","size":1}`).slice(0, -1),
  s3: (scene) => putText(scene).slice(0, -1),
  sns: () => requestText("POST / HTTP/1.1", { "content-length": "14" }, "Action=Publis"),
};

describe("the public endpoints, for slow clients,", () => {
  const data = temporaryDirectory();
  const doors = ["api", "s3", "cdn", "sns"] as const;
  const servers = new Map<Door, Server>();
  let pipeline: Pipeline;
  let scene: Scene;

  before(async () => {
    const graph = await frontDoorsGraph();
    pipeline = await startPipeline(data.path, { graph, onDenied: () => {} });
    scene = await setScene(pipeline, graph);
    for (const door of doors) servers.set(door, await serverOf(scene.urls[door]));
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  /** Returns the server of this process that answers at `url`. */
  async function serverOf(url: string): Promise<Server> {
    const found: Server[] = [];
    const note = (message: unknown) => {
      const { server } = message as { server: Server };
      if ((server.address() as AddressInfo | null)?.port === Number(new URL(url).port)) found.push(server);
    };
    subscribe("http.server.request.start", note);
    try {
      await sendRaw(url, get("/"));
    } finally {
      unsubscribe("http.server.request.start", note);
    }
    const [server] = found;
    if (!server) throw new Error(`No server of this process answers at ${url}`);
    return server;
  }

  /** Sends `bytes` and then nothing, while the real server has a short limit of silence. */
  async function fallSilent(door: Door, bytes: string) {
    const server = servers.get(door);
    if (!server) throw new Error(`There is no ${door}`);
    const { timeout } = server;
    // A connection copies this limit when it begins.
    server.timeout = shortMs;
    try {
      const { hostname, port } = new URL(scene.urls[door]);
      const socket = connect(Number(port), hostname);
      socket.write(bytes);
      return await readAll(socket);
    } finally {
      server.timeout = timeout;
    }
  }

  for (const door of doors) {
    it(`have time limits: ${door}`, () => {
      const { headersTimeout, requestTimeout, timeout } = servers.get(door) ?? {};
      const found = { headers: headersTimeout, request: requestTimeout, idle: timeout };
      expect(found).to.deep.equal(limits[door]);
    });

    it(`disconnect a client that stops in the middle of the headers: ${door}`, async () => {
      const { count } = await fallSilent(door, "GET / HTTP/1.1\r\nhost: a\r\nx: ");
      expect(count).to.equal(0);
    });

    it(`disconnect a client that sends nothing: ${door}`, async () => {
      const { count } = await fallSilent(door, "");
      expect(count).to.equal(0);
    });
  }

  for (const [door, request] of Object.entries(unfinished)) {
    it(`answer 408 to a client that stops in the middle of a body: ${door}`, async () => {
      const objects = () => [...pipeline.cloud.store.list(scene.bucket)].map(({ key }) => key);
      const stored = objects();
      const { status, count } = await fallSilent(door as Door, request(scene));
      expect({ status, count }).to.deep.equal({ status: 408, count: 1 });
      expect(objects()).to.deep.equal(stored);
    });
  }
});
