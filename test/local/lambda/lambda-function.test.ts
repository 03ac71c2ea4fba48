import { expect } from "chai";
import { startFunction, type TestFunction } from "./bundles.ts";

describe("LambdaFunction", () => {
  let running: TestFunction | undefined;
  const start = (...settings: Parameters<typeof startFunction>) => {
    running = startFunction(...settings);
    return running;
  };
  afterEach(() => running?.close());

  it("answers with what the handler returns", async () => {
    const { lambda } = start("return { doubled: event.n * 2 };");
    expect(await lambda.invoke({ n: 21 })).to.deep.include({ ok: true, payload: { doubled: 42 } });
  });

  it("reports the first invocation of an environment as a cold start and reuses it warm", async () => {
    const { lambda, reports } = start("return invocations;");
    const payloads = [await lambda.invoke({}), await lambda.invoke({})].map(
      (result) => result.ok && result.payload,
    );
    expect(payloads).to.deep.equal([1, 2]);
    expect(reports.map(({ coldStart }) => coldStart)).to.deep.equal([true, false]);
  });

  it("gives the process the declared environment and nothing else", async () => {
    process.env.HENKAN_LEAK = "from the developer's shell";
    const { lambda } = start("return { ...process.env };", { variables: { DECLARED: "yes" } });
    const result = await lambda.invoke({}).finally(() => delete process.env.HENKAN_LEAK);
    expect(result).to.deep.include({ ok: true, payload: { DECLARED: "yes" } });
  });

  it("passes the handler's error on and keeps the environment", async () => {
    const { lambda } = start('if (event.fail) throw new TypeError("no such thing"); return invocations;');
    const failed = await lambda.invoke({ fail: true });
    expect(failed.ok).to.equal(false);
    expect(failed.ok || failed.error).to.include({ errorType: "TypeError", errorMessage: "no such thing" });
    expect(await lambda.invoke({})).to.include({ payload: 2 });
  });

  it("ends an invocation at its timeout and starts afresh after it", async () => {
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

  it("kills a function that outgrows its memory", async () => {
    const { lambda } = start(
      "globalThis.hog = []; for (;;) { hog.push(Buffer.alloc(2 ** 24, 1)); await new Promise((r) => setTimeout(r, 10)); }",
      { memoryMb: 128 },
    );
    const result = await lambda.invoke({});
    expect(result.ok || result.error.errorType).to.equal("Runtime.OutOfMemory");
  });

  it("names a handler that does not exist", async () => {
    const { lambda } = start("", { handler: "index.missing" });
    const result = await lambda.invoke({});
    expect(result.ok || result.error.errorMessage).to.equal("index.missing is not a function");
  });

  it("never runs more environments than allowed and queues the rest", async () => {
    const { lambda } = start("return process.pid;", { maxEnvironments: 2 });
    const results = await Promise.all(Array.from({ length: 6 }, () => lambda.invoke({})));
    const pids = results.map((result) => result.ok && result.payload);
    expect(pids).to.have.length(6);
    expect(new Set(pids).size).to.equal(2);
  });

  it("collects what the function writes", async () => {
    const { lambda, logs } = start('console.info({ uploadId: "1" }); return null;');
    await lambda.invoke({});
    await lambda.invoke({});
    expect(logs.join("\n")).to.contain("uploadId: '1'");
  });

  it("writes one JSON object a line from the function's log level on, when the log format is JSON", async () => {
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

  it("can be crashed by a fault", async () => {
    const { lambda } = start("await new Promise((resolve) => setTimeout(resolve, 5000));", {
      faults: { seed: 1, crash: 1 },
    });
    const result = await lambda.invoke({});
    expect(result.ok || result.error.errorMessage).to.equal("Killed by an injected fault");
  });
});
