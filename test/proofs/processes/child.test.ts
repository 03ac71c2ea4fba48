import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CallError, Child, ProcessEndError } from "../../../proofs/processes/child.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

interface Calls {
  double(value: number): number;
  later(value: number): number;
  fail(): void;
  wait(): void;
  announce(text: string): void;
}

const script = `
import { writeFileSync } from "node:fs";
import { sendEvent, serve } from ${JSON.stringify(new URL("../../../proofs/processes/serve.ts", import.meta.url))};
serve({
  double: (value) => 2 * value,
  later: (value) => new Promise((resolve) => setTimeout(() => resolve(value), 200)),
  fail: () => { throw new RangeError("Too far"); },
  wait: () => new Promise(() => {}),
  announce: sendEvent,
}, () => writeFileSync(process.argv[2], "cleaned up"));
`;

describe("a child process", () => {
  const directory = temporaryDirectory();
  const module = join(directory.path, "child.mjs");
  const note = join(directory.path, "note");
  let child: Child<Calls, string>;
  let events: string[];

  before(() => writeFileSync(module, script));
  beforeEach(() => {
    events = [];
    child = new Child<Calls, string>(module, {
      name: "The child",
      args: [note],
      onEvent: (event) => events.push(event),
    });
  });
  afterEach(() => child.kill());
  after(() => directory.remove());

  const errorOf = (call: Promise<unknown>) => call.then(() => undefined).catch((error: unknown) => error);

  it("answers calls in any order", async () => {
    expect(await Promise.all([child.call("later", 1), child.call("double", 21)])).to.deep.equal([1, 42]);
  });

  it("sends back an error with its stack, and answers the next call", async () => {
    const error = await errorOf(child.call("fail"));
    expect(error).to.be.instanceOf(CallError);
    expect(String(error)).to.match(/RangeError: Too far\n\s+at /);
    expect(await child.call("double", 1)).to.equal(2);
  });

  it("reports events of the child", async () => {
    await child.call("announce", "half done");
    expect(events).to.deep.equal(["half done"]);
  });

  it("rejects current and later calls when it is killed", async () => {
    await child.call("double", 1);
    const waiting = errorOf(child.call("wait"));
    await child.kill();
    for (const error of [await waiting, await errorOf(child.call("double", 1)), child.ended.reason]) {
      expect(error).to.be.instanceOf(ProcessEndError);
      expect(String(error)).to.contain("The child ended with SIGKILL");
    }
  });

  it("cleans up and ends when it is disconnected", async () => {
    await child.call("double", 1);
    await child.disconnect();
    expect(String(child.ended.reason)).to.contain("code 0");
    expect(readFileSync(note, "utf8")).to.equal("cleaned up");
  });
});
