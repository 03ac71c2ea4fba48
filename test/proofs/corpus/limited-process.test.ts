import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LimitedProcess, type Limits, ProcessEnd } from "../../../proofs/corpus/limited-process.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";

/** Serves one method for each way in which a process can behave. */
const child = `
import { serve } from ${JSON.stringify(new URL("../../../proofs/processes/serve.ts", import.meta.url))};
const kept = [];
const never = new Promise(() => {});
serve({
  answer: () => process.pid,
  exit: () => process.exit(7),
  wait: () => never,
  fill: () => {
    setInterval(() => kept.push(Buffer.alloc(2 ** 24, 1)), 1);
    return never;
  },
});
`;

interface Calls {
  answer(): number;
  exit(): void;
  wait(): void;
  fill(): void;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a limited process", () => {
  const directory = temporaryDirectory();
  const module = join(directory.path, "child.mjs");
  let limited: LimitedProcess<Calls>;
  const start = (limits: Partial<Limits> = {}) => {
    limited = new LimitedProcess(module, [], { memoryMb: 1024, timeoutSeconds: 60, ...limits });
    return limited;
  };
  /** Returns the reason why the process ended before it answered. */
  const endOf = async (name: keyof Calls) => {
    const end = await limited.call(name).catch((error: unknown) => error);
    return end instanceof ProcessEnd ? end.reason : end;
  };

  before(() => writeFileSync(module, child));
  afterEach(() => limited.close());
  after(() => directory.remove());

  it("answers one call after the other", async () => {
    start();
    const pid = await limited.call("answer");
    expect(await limited.call("answer")).to.equal(pid);
  });

  it("is replaced after a crash, a timeout and too much memory", async () => {
    start({ memoryMb: 256, timeoutSeconds: 3 });
    const ends = [await endOf("exit"), await endOf("fill"), await endOf("wait"), await endOf("answer")];
    expect(ends.slice(0, 3)).to.deep.equal(["crash", "out-of-memory", "timeout"]);
    expect(ends[3]).to.be.a("number");
  });

  it("is replaced when it ends between two calls", async () => {
    start();
    const pid = await limited.call("answer");
    process.kill(pid, "SIGKILL");
    await until(() => limited.pid === undefined);
    expect(await limited.call("answer")).not.to.equal(pid);
  });

  it("has ended once it is closed", async () => {
    start();
    const pid = await limited.call("answer");
    const end = endOf("wait");
    await limited.close();
    expect(isAlive(pid)).to.equal(false);
    expect(await end).to.equal("crash");
  });
});
