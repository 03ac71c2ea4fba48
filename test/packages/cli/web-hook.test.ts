import type { MissedDelivery } from "@henkan/local-cloud";
import { expect } from "chai";
import { describeMissed } from "../../../packages/cli/web-hook.ts";

const topicArn = "arn:aws:sns:eu-central-1:123456789012:conversions";
const subscription: MissedDelivery["subscription"] = {
  arn: `${topicArn}:1`,
  topicArn,
  protocol: "https",
  endpoint: "https://hooks.example.com/",
  rawDelivery: false,
  filterScope: "MessageAttributes",
};
const event = {
  topicArn,
  message: JSON.stringify({
    uploadId: "id",
    variant: "jpg",
    converter: "png-to-jpg",
    state: "failed",
    source: { etag: "e1", bytes: 0 },
    settings: "3f1c",
    at: "2026-11-23T01:02:03.456Z",
    error: { code: "empty-file", message: "Empty" },
  }),
  attributes: { state: { dataType: "String", value: "failed" } },
};

describe("what a subscriber was not told", () => {
  it("is an event that leaves this machine on AWS alone", () => {
    expect(describeMissed({ subscription, publication: event })).to.equal(
      "would have told https://hooks.example.com/: failed  jpg  id  empty-file: Empty",
    );
  });

  it("is an event that its endpoint did not take", () => {
    expect(describeMissed({ subscription, publication: event, failure: "it answered 500" })).to.equal(
      "could not tell https://hooks.example.com/ (it answered 500): failed  jpg  id  empty-file: Empty",
    );
  });

  it("is the question to confirm", () => {
    expect(describeMissed({ subscription, failure: "it answered 500" })).to.equal(
      "https://hooks.example.com/ was not asked to confirm its subscription: it answered 500",
    );
  });

  it("is a message of another topic, whatever it holds", () => {
    expect(describeMissed({ subscription, publication: { topicArn, message: '{"Records":[]}' } })).to.equal(
      "would have told https://hooks.example.com/: a message of conversions",
    );
  });
});
