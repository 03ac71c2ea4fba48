import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LimitedProcess, type Limits, ProcessEnd } from "../../../proofs/corpus/limited-process.ts";
import { temporaryDirectory, until } from "../../end-to-end/pipeline.ts";

/** Answers with its process id, or does what the request says. */
const child = `
const kept = [];
process.on("message", ({ does }) => {
  if (does === "exit") process.exit(7);
  if (does === "wait") return;
  if (does === "fill") return setInterval(() => kept.push(Buffer.alloc(2 ** 24, 1)), 1);
  process.send(process.pid);
});
process.on("disconnect", () => process.exit());
`;

interface Request {
  readonly does: "answer" | "exit" | "wait" | "fill";
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
  let limited: LimitedProcess<Request, number>;
  const start = (limits: Partial<Limits> = {}) => {
    limited = new LimitedProcess(module, [], { memoryMb: 1024, timeoutSeconds: 60, ...limits });
    return limited;
  };
  /** Why the process ended instead of answering. */
  const endOf = async (does: Request["does"]) => {
    const end = await limited.ask({ does }).catch((error: unknown) => error);
    return end instanceof ProcessEnd ? end.reason : end;
  };

  before(() => writeFileSync(module, child));
  afterEach(() => limited.close());
  after(() => directory.remove());

  it("answers one message after the other", async () => {
    start();
    const pid = await limited.ask({ does: "answer" });
    expect(await limited.ask({ does: "answer" })).to.equal(pid);
  });

  it("is replaced after a crash, too much time and too much memory", async () => {
    start({ memoryMb: 256, timeoutSeconds: 3 });
    const ends = [await endOf("exit"), await endOf("fill"), await endOf("wait"), await endOf("answer")];
    expect(ends.slice(0, 3)).to.deep.equal(["crash", "out-of-memory", "timeout"]);
    expect(ends[3]).to.be.a("number");
  });

  it("is replaced when it dies between two messages", async () => {
    start();
    const pid = await limited.ask({ does: "answer" });
    process.kill(pid, "SIGKILL");
    await until(() => limited.pid === undefined);
    expect(await limited.ask({ does: "answer" })).not.to.equal(pid);
  });

  it("is gone when it is closed", async () => {
    start();
    const pid = await limited.ask({ does: "answer" });
    const end = endOf("wait");
    await limited.close();
    expect(isAlive(pid)).to.equal(false);
    expect(await end).to.equal("crash");
  });
});
