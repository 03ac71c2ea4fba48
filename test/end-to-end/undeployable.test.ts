import { AccessDeniedError } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { editedPipeline } from "./edited-pipeline.ts";
import { type Edit, editing, without } from "./policy-edits.ts";

describe("the local cloud, without a permission that a deployment needs,", () => {
  const { start } = editedPipeline();

  const undeployable: [name: string, edit: Edit, message: RegExp][] = [
    [
      "a bucket that may not publish to its topic",
      without("uploads-topic-policy", "sns:Publish", "uploads-topic"),
      /^henkan-uploads-notification: .* s3\.amazonaws\.com may not sns:Publish .* missing in henkan-uploads-topic-policy: .*aws:SourceAccount/,
    ],
    ...["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((operation): [string, Edit, RegExp] => [
      `an event source whose role lacks sqs:${operation}`,
      without("zip-permissions", `sqs:${operation}`),
      new RegExp(
        `^henkan-zip-event-source: .* call ${operation} on SQS: .*missing in henkan-zip-permissions`,
      ),
    ]),
    [
      "a function whose role Lambda may not assume",
      editing("zip-role", () => [], "assumeRolePolicy"),
      /^henkan-zip-function: .* cannot be assumed by Lambda: lambda\.amazonaws\.com may not sts:AssumeRole/,
    ],
    [
      "a dead-letter queue that does not accept the messages of a queue",
      (declared) =>
        declared.with({
          resources: declared.resources.map((resource) =>
            resource.name === "henkan-zip-dlq-redrive-allow"
              ? {
                  ...resource,
                  inputs: { ...resource.inputs, redriveAllowPolicy: '{"redrivePermission":"denyAll"}' },
                }
              : resource,
          ),
        }),
      /^henkan-zip-dlq-redrive-allow: henkan-zip-queue may not use henkan-zip-dlq as its dead-letter queue$/,
    ],
  ];
  for (const [name, edit, message] of undeployable) {
    it(`refuses to start ${name}`, async () => {
      const error = await start(edit).then(
        () => expect.fail("the local cloud started"),
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(AccessDeniedError).with.property("message").that.matches(message);
    });
  }

  it("refuses to start with a policy that it cannot evaluate", async () => {
    const edit = editing("uploads-policy", ([first, ...rest]) =>
      first ? [{ ...first, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }, ...rest] : [],
    );
    const error = await start(edit).catch((reason: Error) => reason);
    expect(error)
      .to.have.property("message")
      .that.matches(/^henkan-uploads-policy: statement DenyInsecureTransport: .*aws:SourceIp/);
  });
});
