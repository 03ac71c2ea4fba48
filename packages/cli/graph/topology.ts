import { type Declared, declared, type EmulatedTypes, type Graph } from "@henkan/local-cloud";

export type NodeKind = "client" | "api" | "function" | "bucket" | "topic" | "queue" | "cdn";

export interface Node {
  /** Logical name of the resource. */
  readonly name: string;
  readonly kind: NodeKind;
}

/** What flows from one node to another. */
export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly label?: string;
  /** Not on the way of a file that goes well. */
  readonly exceptional?: boolean;
}

const client: Node = { name: "client", kind: "client" };

const kinds = {
  "aws:apigatewayv2/api:Api": "api",
  "aws:cloudfront/distribution:Distribution": "cdn",
  "aws:lambda/function:Function": "function",
  "aws:s3/bucket:Bucket": "bucket",
  "aws:sns/topic:Topic": "topic",
  "aws:sqs/queue:Queue": "queue",
} as const satisfies Partial<Record<keyof EmulatedTypes, NodeKind>>;

/** The declared resource that an id, a name, an ARN or a URI refers to. */
type Find = (reference: unknown) => Node;

/** The way of a file through the declared resources, in the order it takes. */
export function topology(graph: Graph): Edge[] {
  const find = finder(graph);
  return [
    ...uploads(graph, find),
    ...events(graph, find),
    ...byName(conversions(graph, find)),
    ...byName(deadLetters(graph, find)),
    ...delivery(graph, find),
  ];
}

/** Pulumi registers resources as their inputs become known: their order says nothing. */
function byName(edges: readonly Edge[]): Edge[] {
  const key = ({ from, to }: Edge) => `${from.name} ${to.name}`;
  return edges.toSorted((a, b) => key(a).localeCompare(key(b), "en"));
}

function finder({ resources }: Graph): Find {
  const nodes = resources.flatMap(({ type, name, id, attributes }) => {
    const kind = Object.hasOwn(kinds, type) ? kinds[type as keyof typeof kinds] : undefined;
    const { arn, bucketRegionalDomainName } = attributes;
    return kind
      ? [{ node: { name, kind }, arn: String(arn), references: [id, arn, bucketRegionalDomainName] }]
      : [];
  });
  return (reference) => {
    const text = String(reference);
    const found =
      nodes.find(({ references }) => references.includes(text)) ??
      // The ARN of an alias and the URI of an integration hold the function's.
      nodes.find(({ node, arn }) => node.kind === "function" && text.includes(`${arn}:`));
    if (!found) throw new Error(`No declared resource is ${text}`);
    return found.node;
  };
}

/** client → API → function, which presigns for the bucket that the client then sends to. */
function uploads(graph: Graph, find: Find): Edge[] {
  const integrations = declared(graph, "aws:apigatewayv2/integration:Integration");
  return integrations.flatMap(({ id, inputs }) => {
    const routes = declared(graph, "aws:apigatewayv2/route:Route").filter(
      ({ inputs: { target } }) => target === `integrations/${id}`,
    );
    const api = find(inputs.apiId);
    const lambda = find(inputs.integrationUri);
    const routeKeys = routes.map(({ inputs: { routeKey } }) => routeKey).sort();
    const buckets = granted(graph, lambda, "s3:PutObject").map((arn) => find(bucketOf(arn)));
    return [
      { from: client, to: api, label: routeKeys.join(", ") },
      { from: api, to: lambda },
      ...buckets.flatMap((to): Edge[] => [
        { from: lambda, to, label: "presigns", exceptional: true },
        { from: client, to, label: "PUT" },
      ]),
    ];
  });
}

/** bucket → topic → queues → functions. */
function events(graph: Graph, find: Find): Edge[] {
  const notifications = declared(graph, "aws:s3/bucketNotification:BucketNotification").flatMap(
    ({ inputs }) =>
      (inputs.topics ?? []).map(({ topicArn, events: names }) => ({
        from: find(inputs.bucket),
        to: find(topicArn),
        label: names.join(", "),
      })),
  );
  const topics = new Set(notifications.map(({ to }) => to.name));
  const subscriptions = declared(graph, "aws:sns/topicSubscription:TopicSubscription")
    .filter(({ inputs }) => topics.has(find(inputs.topic).name))
    .map(({ inputs }) => ({
      from: find(inputs.topic),
      to: find(inputs.endpoint),
      label: filterLabel(inputs.filterPolicy),
    }));
  const mappings = declared(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").map(({ inputs }) => ({
    from: find(inputs.eventSourceArn),
    to: find(inputs.functionName),
  }));
  return [...notifications, ...byName(subscriptions), ...byName(mappings)];
}

/** Functions behind queues → the buckets they may write and the topics they may publish to. */
function conversions(graph: Graph, find: Find): Edge[] {
  return declared(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").flatMap(({ inputs }) => {
    const from = find(inputs.functionName);
    const buckets = granted(graph, from, "s3:PutObject").map((arn) => find(bucketOf(arn)).name);
    return [
      ...[...new Set(buckets)].map((name): Edge => ({ from, to: { name, kind: "bucket" } })),
      ...granted(graph, from, "sns:Publish").map((arn): Edge => ({ from, to: find(arn) })),
    ];
  });
}

function deadLetters(graph: Graph, find: Find): Edge[] {
  const queues = declared(graph, "aws:sqs/queue:Queue").map(({ id, inputs }) => ({ from: id, ...inputs }));
  return queues.flatMap(({ from, redrivePolicy }): Edge[] => {
    if (!redrivePolicy) return [];
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(redrivePolicy);
    return [
      {
        from: find(from),
        to: find(deadLetterTargetArn),
        label: `after ${maxReceiveCount}`,
        exceptional: true,
      },
    ];
  });
}

/** bucket → distribution → client. */
function delivery(graph: Graph, find: Find): Edge[] {
  return declared(graph, "aws:cloudfront/distribution:Distribution").flatMap(({ id, inputs }) =>
    inputs.origins.flatMap(({ domainName, originPath = "" }): Edge[] => [
      { from: find(domainName), to: find(id), label: `${originPath}/*` },
      { from: find(id), to: client, label: "GET" },
    ]),
  );
}

/** Resources on which a function's role policy allows `action`. */
function granted(graph: Graph, { name }: Node, action: string): string[] {
  const role = declared(graph, "aws:lambda/function:Function").find((lambda) => lambda.name === name)?.inputs
    .role;
  const policies = declared(graph, "aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) =>
    String(role).endsWith(`/${inputs.role}`),
  );
  const statements: { Action: string | string[]; Resource: string | string[] }[] = policies.flatMap(
    ({ inputs }) => JSON.parse(String(inputs.policy)).Statement,
  );
  return statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => Resource);
}

function bucketOf(objectArn: string): string {
  return objectArn.split("/", 1)[0] ?? objectArn;
}

/** `.png, .jpg` for a filter on the ends of keys, nothing for one that takes every key. */
function filterLabel(
  filterPolicy: Declared<"aws:sns/topicSubscription:TopicSubscription">["inputs"]["filterPolicy"],
) {
  const text = filterPolicy ?? "";
  const suffixes = [...text.matchAll(/"suffix":"([^"]+)"/g)].map(([, suffix]) => suffix);
  return suffixes.length > 0 ? suffixes.join(" ") : "every file";
}
