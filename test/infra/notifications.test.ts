import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { evaluate } from "../../policy/evaluate.ts";
import { stackFrom } from "../policy/stack.ts";
import { everything } from "./fixtures/everything.ts";
import { all, arnOf, one, roleOf, runConfig, statements } from "./stages.ts";

const queue = (name: string, account = "123456789012") => `arn:aws:sqs:eu-central-1:${account}:${name}`;
const hook = "https://hooks.example.com/henkan?team=a";

const subscriptions = (graph: Graph) =>
  all(graph, "TopicSubscription").filter(({ inputs }) => inputs.topic === arnOf(graph, "conversions-topic"));

async function mistakesIn(...notify: object[]): Promise<string[]> {
  const error: Error = await runConfig({ notify }).then(
    () => expect.fail("expected the configuration to be refused"),
    (reason) => reason,
  );
  const [, ...lines] = error.message.split("\n");
  return lines.map((line) => line.trim());
}

describe("henkan:notify", () => {
  it("is off by default", async () => {
    const graph = await runConfig({});
    expect(subscriptions(graph)).to.deep.equal([]);
    expect(graph.resources.filter((resource) => roleOf(resource).startsWith("notify"))).to.deep.equal([]);
    expect(statements(one(graph, "conversions-topic-policy")).map(({ Effect }) => Effect)).to.deep.equal([
      "Deny",
    ]);
  });

  it("signs messages with SHA-256", async () => {
    expect(one(await runConfig({}), "conversions-topic").inputs.signatureVersion).to.equal(2);
  });

  describe("of people, a web hook and queues", () => {
    let graph: Graph;
    const config = {
      notify: [
        { email: "people@example.com", state: "failed" },
        { https: hook, variant: ["thumbnail", "jpg"], raw: true },
        { queue: queue("conversions"), state: ["ready", "failed"], converter: "zip" },
        { queue: queue("theirs", "222222222222") },
      ],
    };
    before(async () => {
      graph = await runConfig(config);
    });

    it("subscribes all of this account, each with its filter", () => {
      const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(graph, "notify-undelivered") });
      const topic = arnOf(graph, "conversions-topic");
      expect(subscriptions(graph).map(({ inputs }) => inputs)).to.have.deep.members([
        {
          topic,
          protocol: "email",
          endpoint: "people@example.com",
          rawMessageDelivery: false,
          filterPolicyScope: "MessageAttributes",
          filterPolicy: '{"state":["failed"]}',
        },
        {
          topic,
          protocol: "https",
          endpoint: hook,
          rawMessageDelivery: true,
          filterPolicyScope: "MessageAttributes",
          filterPolicy: '{"variant":["thumbnail","jpg"]}',
          redrivePolicy,
        },
        {
          topic,
          protocol: "sqs",
          endpoint: queue("conversions"),
          rawMessageDelivery: false,
          filterPolicyScope: "MessageAttributes",
          filterPolicy: '{"state":["ready","failed"],"converter":["zip"]}',
          redrivePolicy,
        },
      ]);
    });

    it("keeps messages of this topic that SNS could not deliver for 14 days", () => {
      expect(one(graph, "notify-undelivered").inputs).to.deep.equal({
        messageRetentionSeconds: 1_209_600,
        sqsManagedSseEnabled: true,
      });
      expect(statements(one(graph, "notify-undelivered-policy"))[0]).to.deep.equal({
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arnOf(graph, "notify-undelivered"),
        Condition: { ArnEquals: { "aws:SourceArn": arnOf(graph, "conversions-topic") } },
      });
    });

    it("raises an alarm for messages that SNS could not deliver", () => {
      const { inputs } = one(graph, "notify-undelivered-alarm");
      expect(inputs.alarmDescription).to.match(/docs\/operations\.md#undelivered-notifications$/);
      expect(inputs.dimensions).to.deep.equal({
        QueueName: one(graph, "notify-undelivered").attributes.name,
      });
    });

    it("lets the owner of a queue elsewhere subscribe that queue and no other endpoint", () => {
      const [, allowed, ...others] = statements(one(graph, "conversions-topic-policy"));
      expect(others).to.deep.equal([]);
      expect(allowed).to.deep.equal({
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::222222222222:root" },
        Action: "sns:Subscribe",
        Resource: arnOf(graph, "conversions-topic"),
        Condition: {
          StringEquals: { "sns:Protocol": "sqs", "sns:Endpoint": queue("theirs", "222222222222") },
        },
      });
    });

    it("breaks no policy", () => {
      const tags = { tags: { project: "henkan", stage: "made-up" } };
      const { violations } = evaluate(stackFrom(graph, tags));
      const broken = violations.filter(({ resource }) => /^(notify|conversions)-/.test(roleOf(resource)));
      // Violations of a stage without keys of its own, for which the trial stages have a waiver.
      expect(broken.map(({ message }) => message.split(" [")[0])).to.deep.equal([
        "Topic henkan-conversions-topic has no KMS key",
      ]);
    });
  });

  it("lets SNS use the messages key, with henkan:kms", async () => {
    const graph = await runConfig(everything);
    expect(one(graph, "notify-undelivered").inputs).to.deep.equal({
      messageRetentionSeconds: 1_209_600,
      kmsMasterKeyId: arnOf(graph, "messages-key"),
    });
    const sources = statements(one(graph, "messages-key-policy"))
      .filter(({ Principal }) => JSON.stringify(Principal) === '{"Service":"sns.amazonaws.com"}')
      .map((statement) => Reflect.get(statement, "Condition"));
    expect(sources).to.deep.equal([
      { ArnEquals: { "aws:SourceArn": arnOf(graph, "uploads-topic") } },
      { ArnEquals: { "aws:SourceArn": arnOf(graph, "conversions-topic") } },
    ]);
  });

  it("names subscriptions by their endpoints, in any order, and web hooks by their host alone", async () => {
    const notify = [
      { https: "https://hooks.example.com/services/T0SECRET/B0SECRET" },
      { https: "https://user:SECRET@hooks.example.com/?token=SECRET" },
      { queue: queue("conversions") },
    ];
    const names = async (order: object[]) => subscriptions(await runConfig({ notify: order })).map(roleOf);
    const [first, second, third] = await names(notify);
    expect(first).to.match(/^notify-hooks-example-com-[0-9a-f]{8}$/);
    expect(second).to.match(/^notify-hooks-example-com-[0-9a-f]{8}$/);
    expect(second).not.to.equal(first);
    expect(third).to.match(/^notify-conversions-[0-9a-f]{8}$/);
    expect(await names(notify.toReversed())).to.deep.equal([third, second, first]);
  });

  it("needs no dead-letter queue for mailboxes alone", async () => {
    const graph = await runConfig({ notify: [{ email: "people@example.com" }] });
    expect(graph.resources.filter(({ name }) => name.includes("notify-undelivered"))).to.deep.equal([]);
  });

  const mistakes: [what: string, notify: object[], says: string[]][] = [
    [
      "no endpoint",
      [{ state: "failed" }],
      ['henkan:notify.0: expected one of email, https, queue, received {"state":"failed"}'],
    ],
    [
      "two endpoints",
      [{ email: "a@example.com", https: hook }],
      [
        `henkan:notify.0: expected one of email, https, queue, received {"email":"a@example.com","https":"${hook}"}`,
      ],
    ],
    [
      "plain HTTP and a FIFO queue",
      [{ https: "http://hooks.example.com/" }, { queue: `${queue("a")}.fifo` }],
      [
        'henkan:notify.0.https: expected an https URL, received "http://hooks.example.com/"',
        `henkan:notify.1.queue: expected the ARN of a standard queue such as arn:aws:sqs:eu-central-1:123456789012:conversions, received "${queue("a")}.fifo"`,
      ],
    ],
    [
      "an unknown state",
      [{ https: hook, state: ["ready", "done"] }],
      ['henkan:notify.0.state: expected ready or failed, or a list of them, received ["ready","done"]'],
    ],
    [
      "variants and converters of other stages",
      [
        { https: hook, variant: "poster" },
        { email: "a@example.com", converter: ["zip", "pdf"] },
      ],
      [
        'henkan:notify.0.variant: "poster" is not a variant of this stage; allowed: thumbnail, jpg, archive',
        'henkan:notify.1.converter: "pdf" is not a converter of this stage; allowed: resize, png-to-jpg, zip',
      ],
    ],
    [
      "raw e-mail",
      [{ email: "a@example.com", raw: true }],
      [
        'henkan:notify.0: expected email without raw, since SNS sends no raw messages to mailboxes, received {"email":"a@example.com","raw":true}',
      ],
    ],
    [
      "one endpoint twice",
      [
        { https: hook, state: "ready" },
        { https: hook, state: "failed" },
      ],
      [
        `henkan:notify.1.https: "${hook}" is already in henkan:notify.0; SNS has one subscription for each endpoint, so write all filters there`,
      ],
    ],
    [
      "a filter for a queue of another account",
      [{ queue: queue("theirs", "222222222222"), state: "ready" }],
      [
        "henkan:notify.0.state: the other account subscribes its queue, with filters and raw delivery (docs/events.md); leave this key out",
      ],
    ],
    [
      "an unknown option",
      [{ https: hook, states: "ready" }],
      [
        "henkan:notify.0.states: unknown option; henkan.notify.0 allows email, https, queue, state, variant, converter, raw",
      ],
    ],
  ];
  for (const [what, notify, says] of mistakes) {
    it(`is refused with ${what}`, async () => {
      expect(await mistakesIn(...notify)).to.deep.equal(says);
    });
  }

  it("is refused with more combinations than SNS accepts", async () => {
    const names = Array.from({ length: 76 }, (_, index) => `v${index}`);
    const [says] = await mistakesIn({ https: hook, state: ["ready", "failed"], variant: names });
    expect(says).to.match(/^henkan:notify\.0: expected filters of at most 150 combinations/);
  });
});
