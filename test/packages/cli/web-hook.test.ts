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

describe("the line for a message that a subscriber did not get", () => {
  it("names an event that only a deployed stage would send", () => {
    expect(describeMissed({ subscription, publication: event })).to.equal(
      "not sent to https://hooks.example.com/, which only a deployed stage notifies: failed  jpg  id  empty-file: Empty",
    );
  });

  it("names an event that its endpoint refused", () => {
    expect(describeMissed({ subscription, publication: event, failure: "it answered 500" })).to.equal(
      "not delivered to https://hooks.example.com/ (it answered 500): failed  jpg  id  empty-file: Empty",
    );
  });

  it("names the request to confirm", () => {
    expect(describeMissed({ subscription, failure: "it answered 500" })).to.equal(
      "the request to confirm its subscription was not delivered to https://hooks.example.com/ (it answered 500)",
    );
  });

  it("names only the topic of any other message", () => {
    expect(describeMissed({ subscription, publication: { topicArn, message: '{"Records":[]}' } })).to.equal(
      "not sent to https://hooks.example.com/, which only a deployed stage notifies: a message of conversions",
    );
  });
});
