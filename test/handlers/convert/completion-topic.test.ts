import { SNSClient } from "@aws-sdk/client-sns";
import { expect } from "chai";
import type { Receipt } from "../../../contract/receipt.ts";
import { completionTopic } from "../../../handlers/convert/completion-topic.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type Reply, standIn } from "../support/stand-in.ts";

const arn = "arn:aws:sns:eu-central-1:111111111111:conversions";

const common = {
  uploadId: "u1",
  variant: "small",
  converter: "resize",
  source: { etag: "e1", bytes: 4 },
  settings: "hash",
  at: "2026-01-02T03:04:05.000Z",
};

const ready: Receipt = {
  ...common,
  state: "ready",
  path: "u1/small/a b+c.png",
  contentType: "image/png",
  bytes: 6,
};

const failed: Receipt = { ...common, state: "failed", error: { code: "empty-file", message: "no bytes" } };

describe("completion topic", () => {
  let reply: Reply = {};
  const { requests, endpoint } = standIn(() => reply);
  const announce = (receipt: Receipt) =>
    completionTopic(
      new SNSClient({ ...clientSettings, endpoint: endpoint.url }),
      arn,
      "https://cdn.example",
    )(receipt);
  const published = () => new URLSearchParams(requests[0]?.body.toString());

  beforeEach(() => {
    reply = {
      body: "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>",
    };
  });

  it("receives the receipt and the URL of the output", async () => {
    await announce(ready);
    expect(published().get("TopicArn")).to.equal(arn);
    expect(JSON.parse(published().get("Message") ?? "")).to.deep.equal({
      ...ready,
      url: "https://cdn.example/u1/small/a%20b%2Bc.png",
    });
  });

  it("receives a failure without a URL", async () => {
    await announce(failed);
    expect(JSON.parse(published().get("Message") ?? "")).to.deep.equal(failed);
  });

  it("receives state, variant and converter as attributes for filters", async () => {
    await announce(failed);
    const attributes = [1, 2, 3].map((index) => {
      const field = (name: string) => published().get(`MessageAttributes.entry.${index}.${name}`);
      return [field("Name"), field("Value.DataType"), field("Value.StringValue")];
    });
    expect(attributes).to.have.deep.members([
      ["state", "String", "failed"],
      ["variant", "String", "small"],
      ["converter", "String", "resize"],
    ]);
  });

  it("makes the caller fail when it refuses the event", async () => {
    reply = {
      status: 500,
      body: "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>",
    };
    expect(await rejection(announce(ready))).to.have.property("name", "InternalFailure");
  });
});
