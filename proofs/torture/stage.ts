import type { Graph } from "@henkan/local-cloud";
import type { GraphResource } from "@henkan/local-cloud/testing";
import type { Variant } from "../../converters/converter.ts";
import type { ConverterVariants } from "./clean-conversion.ts";

/** The smallest threshold that a stage can set, so that as many uploads as possible are sent in parts. */
const multipartThresholdBytes = 5 * 2 ** 20;

/** The simulator's view of a stage, read from the resources that the program declares. */
export interface SimulatedStage {
  /** The declared graph with a subscriber to events and the smallest threshold for uploads in parts. */
  readonly graph: Graph;
  readonly uploadsBucket: string;
  readonly outputsBucket: string;
  readonly converters: readonly ConverterVariants[];
  readonly queues: readonly StageQueue[];
  /** Memory in MB that the program gives each function, by the function's name. */
  readonly functionSizes: ReadonlyMap<string, number>;
  /** The queue that gets every completion event and keeps it. */
  readonly eventsQueueArn: string;
}

export interface StageQueue {
  readonly converter: string;
  readonly functionName: string;
  readonly arn: string;
  readonly deadLetterArn: string;
}

export function describeStage(declared: Graph): SimulatedStage {
  const eventsQueueArn = `arn:aws:sqs:${declared.region}:${declared.accountId}:torture-events`;
  const ofType = (type: string) => declared.resources.filter((resource) => resource.type === type);
  return {
    graph: declared.with({
      resources: [...declared.resources.map(withLowThreshold), ...subscriber(declared, eventsQueueArn)],
    }),
    uploadsBucket: String(declared.outputs.uploadsBucket),
    outputsBucket: String(declared.outputs.outputsBucket),
    converters: ofType("aws:lambda/function:Function").flatMap(({ inputs }) =>
      variantsOf(inputs.environment),
    ),
    queues: ofType("aws:lambda/eventSourceMapping:EventSourceMapping").map(({ inputs }) =>
      converterQueue(declared, inputs),
    ),
    functionSizes: new Map(
      ofType("aws:lambda/function:Function").map(({ attributes, inputs }) => [
        String(attributes.name),
        Number(inputs.memorySize),
      ]),
    ),
    eventsQueueArn,
  };
}

function withLowThreshold(resource: GraphResource): GraphResource {
  const { variables } = (resource.inputs.environment ?? {}) as { variables?: Record<string, string> };
  if (!variables?.MULTIPART_THRESHOLD_BYTES) return resource;
  const lowered = { ...variables, MULTIPART_THRESHOLD_BYTES: String(multipartThresholdBytes) };
  return { ...resource, inputs: { ...resource.inputs, environment: { variables: lowered } } };
}

function converterQueue(
  { resources }: Graph,
  { eventSourceArn, functionName }: GraphResource["inputs"],
): StageQueue {
  const queue = resources.find(({ attributes }) => attributes.arn === eventSourceArn);
  const lambda = resources.find(
    ({ type, attributes }) =>
      type === "aws:lambda/function:Function" && String(functionName).startsWith(`${attributes.arn}:`),
  );
  const [converter] = variantsOf(lambda?.inputs.environment);
  if (!queue || !lambda || !converter) throw new Error(`${eventSourceArn} does not invoke a converter`);
  const { deadLetterTargetArn } = JSON.parse(String(queue.inputs.redrivePolicy));
  return {
    converter: converter.converter,
    functionName: String(lambda.attributes.name),
    arn: String(eventSourceArn),
    deadLetterArn: deadLetterTargetArn,
  };
}

function variantsOf(environment: unknown): ConverterVariants[] {
  const { CONVERTER: converter, VARIANTS } =
    (environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};
  return converter && VARIANTS ? [{ converter, variants: JSON.parse(VARIANTS) as Variant[] }] : [];
}

/** Returns a queue that subscribes to completion events as a user's queue would. Its messages survive every crash. */
function subscriber({ outputs: { conversionsTopicArn } }: Graph, arn: string): GraphResource[] {
  const url = `https://sqs.test/${arn}`;
  const resource = (type: string, name: string, inputs: GraphResource["inputs"], attributes = {}) => ({
    type,
    name,
    id: `${name}-id`,
    inputs,
    attributes: { ...inputs, ...attributes },
  });
  const statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn,
    Condition: { ArnEquals: { "aws:SourceArn": conversionsTopicArn } },
  };
  return [
    {
      ...resource(
        "aws:sqs/queue:Queue",
        "torture-events",
        { messageRetentionSeconds: 1_209_600 },
        { arn, url },
      ),
      id: url,
    },
    resource("aws:sqs/queuePolicy:QueuePolicy", "torture-events-policy", {
      queueUrl: url,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    }),
    resource(
      "aws:sns/topicSubscription:TopicSubscription",
      "torture-events-subscription",
      { topic: conversionsTopicArn, protocol: "sqs", endpoint: arn, rawMessageDelivery: true },
      { arn: `${conversionsTopicArn}:torture-events` },
    ),
  ];
}
