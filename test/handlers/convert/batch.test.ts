import { expect } from "chai";
import { batchHandler } from "../../../handlers/convert/batch.ts";
import { eventBody, sqsBatch } from "../support/events.ts";
import { captureLogs } from "../support/logs.ts";

const message = (...keys: string[]) => eventBody(...keys.map((key) => ({ key })));

/** A batch handler whose conversions each take `milliseconds` of `available`, and fail for keys with "bad". */
function batch({ milliseconds = 0, available = 60_000 } = {}) {
  const converted: string[] = [];
  let time = 0;
  const errors = { count: 0 };
  const handle = batchHandler({
    now: () => time,
    unclassifiedError: () => errors.count++,
    convertUpload: async ({ key }) => {
      time += milliseconds;
      if (key.includes("bad")) throw new Error("SlowDown");
      converted.push(key);
    },
  });
  const context = { getRemainingTimeInMillis: () => available - time };
  return { converted, errors, handle: (...bodies: string[]) => handle(sqsBatch(...bodies), context) };
}

const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe("batch of queue messages", () => {
  const logs = captureLogs();

  it("is acknowledged when every message succeeds", async () => {
    const { handle, converted } = batch();
    expect(await handle(message("a"), message("b"))).to.deep.equal(failures());
    expect(converted).to.deep.equal(["a", "b"]);
  });

  it("reports only the message that failed, and continues with the others", async () => {
    const { handle, converted, errors } = batch();
    expect(await handle(message("a"), message("bad"), message("c"))).to.deep.equal(failures("m2"));
    expect(errors.count).to.equal(1);
    expect(converted).to.deep.equal(["a", "c"]);
    expect(logs[0]).to.deep.include({ level: "error", result: "retry", messageId: "m2", key: "bad" });
    expect(logs[0]?.error).to.have.property("message", "SlowDown");
  });

  it("reports a message once, after it has processed all of its records", async () => {
    const { handle, converted } = batch();
    expect(await handle(message("bad1", "b", "bad2"))).to.deep.equal(failures("m1"));
    expect(converted).to.deep.equal(["b"]);
  });

  it("reports a body that is not an S3 event, so that it ends in the dead-letter queue", async () => {
    const { handle, converted } = batch();
    expect(await handle("not json", message("b"))).to.deep.equal(failures("m1"));
    expect(converted).to.deep.equal(["b"]);
  });

  it("acknowledges S3's test event", async () => {
    expect(await batch().handle('{"Event":"s3:TestEvent"}')).to.deep.equal(failures());
  });

  it("reports the messages for which the time is too short, judged by the longest one so far", async () => {
    const { handle, converted, errors } = batch({ milliseconds: 20_000, available: 50_000 });
    expect(await handle(message("a"), message("b"), message("c"))).to.deep.equal(failures("m3"));
    expect(errors.count, "lack of time is not an error").to.equal(0);
    expect(converted).to.deep.equal(["a", "b"]);
    expect(logs[0]).to.include({ level: "warn", result: "postponed", messageId: "m3" });
  });
});
