import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { httpApiListener } from "../../../packages/local-cloud/http-api.ts";
import type { InvocationResult } from "../../../packages/local-cloud/lambda/environment.ts";
import { close, listen, PortInUseError } from "../../../packages/local-cloud/listen.ts";

interface ProxyEvent {
  routeKey: string;
  body?: string;
  pathParameters: Record<string, string>;
  headers: Record<string, string>;
}

describe("HTTP API", () => {
  let server: Server;
  let url: string;
  let events: ProxyEvent[];
  let answer: InvocationResult;

  beforeEach(async () => {
    events = [];
    answer = {
      ok: true,
      residentMb: 1,
      payload: { statusCode: 201, headers: { "x-made": "yes" }, body: '{"id":1}' },
    };
    const invoke = async (event: unknown) => {
      events.push(event as ProxyEvent);
      return answer;
    };
    server = createServer(
      httpApiListener({
        apiId: "a1",
        accountId: "111111111111",
        routes: [
          { routeKey: "POST /uploads", invoke },
          { routeKey: "GET /uploads/{id}", invoke },
        ],
        cors: {
          allowOrigins: ["https://app.example"],
          allowMethods: ["POST"],
          allowHeaders: ["content-type"],
          maxAge: 60,
        },
      }),
    );
    url = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterEach(() => close(server));

  it("invokes the function of the route with a payload of version 2.0, and answers with its result", async () => {
    const response = await fetch(`${url}/uploads?dry=1`, { method: "POST", body: '{"a":"é"}' });
    expect(response.status).to.equal(201);
    expect(response.headers.get("x-made")).to.equal("yes");
    expect(await response.json()).to.deep.equal({ id: 1 });
    expect(events[0]).to.deep.include({
      version: "2.0",
      routeKey: "POST /uploads",
      body: '{"a":"é"}',
      queryStringParameters: { dry: "1" },
    });
  });

  it("decodes path parameters, and leaves malformed ones unchanged", async () => {
    await fetch(`${url}/uploads/a%20b`);
    await fetch(`${url}/uploads/%zz`);
    expect(events.map(({ pathParameters }) => pathParameters)).to.deep.equal([{ id: "a b" }, { id: "%zz" }]);
  });

  it("answers 404 when no route matches", async () => {
    for (const [method, path] of [
      ["GET", "/uploads"],
      ["GET", "/uploads/a/b"],
      ["DELETE", "/uploads/a"],
    ] as const) {
      expect((await fetch(url + path, { method })).status, `${method} ${path}`).to.equal(404);
    }
    expect(events).to.deep.equal([]);
  });

  it("answers 500 without the error message when the function fails", async () => {
    answer = { ok: false, error: { errorType: "Error", errorMessage: "secret" } };
    const response = await fetch(`${url}/uploads/1`);
    expect(response.status).to.equal(500);
    expect(await response.text()).to.equal('{"message":"Internal Server Error"}');
  });

  it("refuses a body over 10 MiB", async () => {
    const response = await fetch(`${url}/uploads`, { method: "POST", body: Buffer.alloc(10 * 2 ** 20 + 1) });
    expect(response.status).to.equal(413);
  });

  it("answers a preflight request of the configured origin, and of no other", async () => {
    const preflight = (origin: string) =>
      fetch(`${url}/uploads`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    const allowed = await preflight("https://app.example");
    expect(allowed.status).to.equal(204);
    expect(allowed.headers.get("access-control-allow-origin")).to.equal("https://app.example");
    expect(allowed.headers.get("access-control-allow-methods")).to.equal("POST");
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).to.equal(
      null,
    );
  });

  it("names the port when it is in use", async () => {
    const port = Number(new URL(url).port);
    const failure = await listen(createServer(), port).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(PortInUseError);
    expect(String(failure)).to.contain(`Port ${port} is in use`);
  });
});
