import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { InvocationFault } from "../../../../packages/local-cloud/faults.ts";
import { startFunction, type TestFunction } from "./bundles.ts";

describe("EmulatedFunction", () => {
  let running: TestFunction | undefined;
  const start = (...settings: Parameters<typeof startFunction>) => {
    running = startFunction(...settings);
    return running;
  };
  afterEach(() => running?.close());

  it("answers with the result of the handler", async () => {
    const { lambda } = start("return { doubled: event.n * 2 };");
    expect(await lambda.invoke({ n: 21 })).to.deep.include({ ok: true, payload: { doubled: 42 } });
  });

  it("reports the first invocation of an environment as a cold start, and reuses the environment", async () => {
    const { lambda, reports } = start("return invocations;");
    const payloads = [await lambda.invoke({}), await lambda.invoke({})].map(
      (result) => result.ok && result.payload,
    );
    expect(payloads).to.deep.equal([1, 2]);
    expect(reports.map(({ coldStart }) => coldStart)).to.deep.equal([true, false]);
  });

  it("gives the process the declared environment variables and no others", async () => {
    process.env.HENKAN_LEAK = "from the developer's shell";
    const { lambda } = start("const { HOME, TMPDIR, ...others } = process.env; return others;", {
      variables: { DECLARED: "yes" },
    });
    const result = await lambda.invoke({}).finally(() => delete process.env.HENKAN_LEAK);
    expect(result).to.deep.include({ ok: true, payload: { DECLARED: "yes" } });
  });

  it("answers with the error of the handler, and keeps the environment", async () => {
    const { lambda } = start('if (event.fail) throw new TypeError("no such thing"); return invocations;');
    const failed = await lambda.invoke({ fail: true });
    expect(failed.ok).to.equal(false);
    expect(failed.ok || failed.error).to.include({ errorType: "TypeError", errorMessage: "no such thing" });
    expect(await lambda.invoke({})).to.include({ payload: 2 });
  });

  it("ends an invocation at its timeout, and starts a new environment for the next one", async () => {
    const { lambda } = start(
      "if (event.hang) await new Promise(() => setInterval(() => {}, 1000)); return invocations;",
      {
        timeoutSeconds: 1,
      },
    );
    const result = await lambda.invoke({ hang: true });
    expect(result.ok || result.error).to.deep.equal({
      errorType: "Sandbox.Timedout",
      errorMessage: "Task timed out after 1.00 seconds",
    });
    expect(await lambda.invoke({})).to.include({ payload: 1 });
  });

  it("fails an invocation whose process exits", async () => {
    const { lambda } = start("process.exit(3);");
    const result = await lambda.invoke({});
    expect(result.ok || result.error).to.deep.equal({
      errorType: "Runtime.ExitError",
      errorMessage: "Runtime exited: code 3",
    });
  });

  it("ends a process that exceeds its memory limit", async () => {
    const { lambda } = start(
      "globalThis.hog = []; for (;;) { hog.push(Buffer.alloc(2 ** 24, 1)); await new Promise((r) => setTimeout(r, 10)); }",
      { memoryMb: 128 },
    );
    const result = await lambda.invoke({});
    expect(result.ok || result.error.errorType).to.equal("Runtime.OutOfMemory");
  });

  it("names a handler that does not exist in the bundle", async () => {
    const { lambda } = start("", { handler: "index.missing" });
    const result = await lambda.invoke({});
    expect(result.ok || result.error.errorMessage).to.equal("index.missing is not a function");
  });

  it("runs at most maxEnvironments environments, and lets other invocations wait", async () => {
    const { lambda } = start("return process.pid;", { maxEnvironments: 2 });
    const results = await Promise.all(Array.from({ length: 6 }, () => lambda.invoke({})));
    const pids = results.map((result) => result.ok && result.payload);
    expect(pids).to.have.length(6);
    expect(new Set(pids).size).to.equal(2);
  });

  it("passes the lines that the function writes to onLog", async () => {
    const { lambda, logs } = start('console.info({ uploadId: "1" }); return null;');
    await lambda.invoke({});
    await lambda.invoke({});
    expect(logs.join("\n")).to.contain("uploadId: '1'");
  });

  it("writes one JSON object per line, from the function's log level on, when the log format is JSON", async () => {
    const { lambda, logs } = start(
      'console.debug("no"); console.info({ uploadId: "1", error: new TypeError("bad") }); console.warn("%s!", "text");',
      { variables: { AWS_LAMBDA_LOG_FORMAT: "JSON", AWS_LAMBDA_LOG_LEVEL: "INFO" } },
    );
    await lambda.invoke({});
    await lambda.invoke({});
    const [first, second] = logs.map((line) => JSON.parse(line));
    expect(first).to.include.keys("timestamp", "requestId");
    expect(first.level).to.equal("INFO");
    expect(first.message).to.deep.include({ uploadId: "1" });
    expect(first.message.error).to.include({ errorType: "TypeError", errorMessage: "bad" });
    expect(second).to.include({ level: "WARN", message: "text!" });
  });

  const calls = `const { request } = require("node:http");
    const { once } = require("node:events");
    for (let call = 0; call < 12; call++) await once(request(event.url).end(), "response");`;

  for (const [kind, error] of [
    ["crash", "Runtime.ExitError"],
    ["poison", "Runtime.ExitError"],
    ["timeout", "Sandbox.Timedout"],
    ["out-of-memory", "Runtime.OutOfMemory"],
  ] as const) {
    it(`ends with ${error} in the middle of its calls for an injected fault: ${kind}`, async () => {
      const server = createServer((_, response) => response.end());
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const fault = { kind, call: 7, afterAnswer: false, ...(kind === "timeout" && { limitMs: 1_100 }) };
      const { lambda } = start(calls, { fault: () => fault });
      const result = await lambda.invoke({ url });
      server.close();
      expect(result.ok || result.error.errorType).to.equal(error);
    });
  }

  it("ends every invocation that has an injected crash, even one that is fast or fails", async () => {
    const crash = { kind: "crash", call: 1, afterAnswer: false } as const;
    const crashes: InvocationFault[] = [
      crash,
      { ...crash, call: 10 },
      { ...crash, afterAnswer: true },
      { ...crash, killAfterMs: 0 },
      { ...crash, killAfterMs: 300 },
    ];
    let fault: InvocationFault = crash;
    const { lambda } = start('if (event.fail) throw new TypeError("no such thing");', { fault: () => fault });
    for (fault of crashes) {
      for (const fail of [false, true]) {
        const result = await lambda.invoke({ fail });
        const crashed = `${JSON.stringify(fault)}, fail: ${fail}`;
        expect(result.ok || result.error.errorType, crashed).to.equal("Runtime.ExitError");
      }
    }
  });

  it("keeps /tmp after a crash, and gives each environment its own", async () => {
    const { lambda } = start(`
      const fs = require("node:fs");
      const before = fs.readdirSync(process.env.TMPDIR).join();
      fs.writeFileSync(process.env.TMPDIR + "/left", "");
      await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
      if (event.crash) process.exit(1);
      return before;`);
    const answerTo = async (event: object) => {
      const result = await lambda.invoke(event);
      return result.ok ? result.payload : result.error.errorType;
    };
    expect(await answerTo({ crash: true })).to.equal("Runtime.ExitError");
    const both = await Promise.all([answerTo({ ms: 300 }), answerTo({ ms: 300 })]);
    expect(both.toSorted()).to.deep.equal(["", "left"]);
  });
});
