import { UploadClient } from "@henkan/client";
import { expect } from "chai";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { finished, upload } from "../../support/uploads.ts";
import { startReceiver } from "../local-cloud/sns/receiver.ts";
import { ended, runCommand, startCommand } from "./command-line.ts";

describe("npm start -- --webhook", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(() => data.remove());

  it("posts the request to confirm, then every completion event", async () => {
    const receiver = await startReceiver();
    const args = ["--json", "--port", "0", "--data", data.path, "--webhook", receiver.url];
    const { child, line } = await startCommand("start", ...args);
    try {
      const client = new UploadClient(JSON.parse(line).api);
      const { id, variants } = await upload({ client }, "a.txt", "text/plain", Buffer.from("hello"));
      await finished({ client }, id);
      const [question, ...told] = await receiver.until(1 + variants.length);
      expect(question?.headers["x-amz-sns-message-type"]).to.equal("SubscriptionConfirmation");
      const events = told.map(({ body }) => JSON.parse(JSON.parse(body).Message));
      expect(events.map(({ uploadId }) => uploadId)).to.deep.equal(variants.map(() => id));
      expect(events.map(({ variant }) => variant)).to.have.members(variants.map(({ name }) => name));
    } finally {
      child.kill("SIGINT");
      await ended(child);
      await receiver.stop();
    }
  });

  it("refuses a URL on another machine", async () => {
    const { code, stderr } = await runCommand(
      "start",
      "--data",
      data.path,
      "--webhook",
      "https://hooks.example.com/",
    );
    expect(code).to.equal(2);
    expect(stderr).to.contain(
      '--webhook accepts a URL on this machine such as http://127.0.0.1:8080/events, not "https://hooks.example.com/"',
    );
  });
});
