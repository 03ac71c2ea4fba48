import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { arn, developer, endpointPerTest, refusal, region, url } from "./endpoint.ts";

describe("the SQS endpoint, for invalid requests,", () => {
  const { open } = endpointPerTest();

  it("answers with the error codes of SQS", async () => {
    const { client } = await open();
    const attempts: [code: string, command: Promise<unknown>][] = [
      ["QueueDoesNotExist", client.send(new SendMessageCommand({ QueueUrl: url("none"), MessageBody: "x" }))],
      [
        "QueueNameExists",
        client.send(new CreateQueueCommand({ QueueName: "plain", Attributes: { VisibilityTimeout: "1" } })),
      ],
      [
        "InvalidAttributeName",
        client.send(new CreateQueueCommand({ QueueName: "x", Attributes: { FifoQueue: "true" } as object })),
      ],
      [
        "InvalidAttributeValue",
        client.send(new CreateQueueCommand({ QueueName: "x", Attributes: { DelaySeconds: "901" } })),
      ],
      [
        "InvalidAttributeValue",
        client.send(new CreateQueueCommand({ QueueName: "x", Attributes: { Policy: "{" } })),
      ],
      [
        "InvalidParameterValue",
        client.send(new ReceiveMessageCommand({ QueueUrl: url("plain"), MaxNumberOfMessages: 11 })),
      ],
      [
        "EmptyBatchRequest",
        client.send(new SendMessageBatchCommand({ QueueUrl: url("plain"), Entries: [] })),
      ],
      [
        "MessageNotInflight",
        client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url("plain"),
            ReceiptHandle: "none",
            VisibilityTimeout: 0,
          }),
        ),
      ],
      ["InvalidParameterValue", client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("plain") }))],
      ["ResourceNotFoundException", client.send(new CancelMessageMoveTaskCommand({ TaskHandle: "none" }))],
    ];
    for (const [code, attempt] of attempts) expect((await refusal(attempt)).name, code).to.equal(code);
  });

  it("refuses an unknown access key, and names the action that a principal may not do", async () => {
    const checked: string[] = [];
    const { client, endpoint } = await open({
      authorize: ({ action, resource }) => {
        checked.push(`${action} ${resource}`);
        return false;
      },
    });
    const denied = await refusal(client.send(new ReceiveMessageCommand({ QueueUrl: url("none") })));
    expect(denied.name).to.equal("AccessDeniedException");
    expect(denied.message).to.contain(`${developer} is not authorized to perform: sqs:receivemessage`);
    expect(checked).to.deep.equal([`sqs:ReceiveMessage ${arn("none")}`]);
    const stranger = new SQSClient({
      endpoint,
      region,
      credentials: { accessKeyId: "AKIASTRANGER", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    const unknown = await refusal(stranger.send(new ListQueuesCommand({})));
    stranger.destroy();
    expect(unknown.name).to.equal("InvalidClientTokenId");
  });
});
