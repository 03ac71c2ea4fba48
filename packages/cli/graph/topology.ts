import type { Graph } from "@henkan/local-cloud";

export type NodeKind = "client" | "api" | "function" | "bucket" | "topic" | "queue" | "cdn";

export interface Node {
  /** Logical name of the resource. */
  readonly name: string;
  readonly kind: NodeKind;
}

/** A flow from one node to another. */
export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly label?: string;
  /** True for an edge that a file takes only in an exceptional case. */
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
} as const satisfies Readonly<Record<string, NodeKind>>;
const types = Object.keys(kinds) as (keyof typeof kinds)[];

/** Returns the declared resource that an id, a name, an ARN or a URI refers to. */
type Find = (reference: unknown) => Node;

/** Returns the way of a file through the declared resources, in its order. */
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

/** Sorts edges by name. Pulumi registers resources as their inputs become known, so their order means nothing. */
function byName(edges: readonly Edge[]): Edge[] {
  const key = ({ from, to }: Edge) => `${from.name} ${to.name}`;
  return edges.toSorted((a, b) => key(a).localeCompare(key(b), "en"));
}

function finder(graph: Graph): Find {
  return (reference) => {
    const { name, type } = graph.behind(reference, ...types);
    return { name, kind: kinds[type] };
  };
}

/** client → API → function, which presigns for the bucket that the client then sends to. */
function uploads(graph: Graph, find: Find): Edge[] {
  const integrations = graph.all("aws:apigatewayv2/integration:Integration");
  return integrations.flatMap(({ id, inputs }) => {
    const routes = graph
      .all("aws:apigatewayv2/route:Route")
      .filter(({ inputs: { target } }) => target === `integrations/${id}`);
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
  const notifications = graph.all("aws:s3/bucketNotification:BucketNotification").flatMap(({ inputs }) =>
    (inputs.topics ?? []).map(({ topicArn, events: names }) => ({
      from: find(inputs.bucket),
      to: find(topicArn),
      label: names.join(", "),
    })),
  );
  const topics = new Set(notifications.map(({ to }) => to.name));
  const subscriptions = graph
    .all("aws:sns/topicSubscription:TopicSubscription")
    .filter(({ inputs }) => topics.has(find(inputs.topic).name))
    .map(({ inputs }) => ({
      from: find(inputs.topic),
      to: find(inputs.endpoint),
      label: filterLabel(inputs.filterPolicy),
    }));
  const mappings = graph.all("aws:lambda/eventSourceMapping:EventSourceMapping").map(({ inputs }) => ({
    from: find(inputs.eventSourceArn),
    to: find(inputs.functionName),
  }));
  return [...notifications, ...byName(subscriptions), ...byName(mappings)];
}

/** Functions behind queues → the buckets that they may write and the topics that they may publish to. */
function conversions(graph: Graph, find: Find): Edge[] {
  return graph.all("aws:lambda/eventSourceMapping:EventSourceMapping").flatMap(({ inputs }) => {
    const from = find(inputs.functionName);
    const buckets = granted(graph, from, "s3:PutObject").map((arn) => find(bucketOf(arn)).name);
    return [
      ...[...new Set(buckets)].map((name): Edge => ({ from, to: { name, kind: "bucket" } })),
      ...granted(graph, from, "sns:Publish").map((arn): Edge => ({ from, to: find(arn) })),
    ];
  });
}

function deadLetters(graph: Graph, find: Find): Edge[] {
  const queues = graph.all("aws:sqs/queue:Queue").map(({ id, inputs }) => ({ from: id, ...inputs }));
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
  return graph.all("aws:cloudfront/distribution:Distribution").flatMap(({ id, inputs }) =>
    inputs.origins.flatMap(({ domainName, originPath = "" }): Edge[] => [
      { from: find(domainName), to: find(id), label: `${originPath}/*` },
      { from: find(id), to: client, label: "GET" },
    ]),
  );
}

/** Returns the resources on which a function's role policy allows `action`. */
function granted(graph: Graph, { name }: Node, action: string): string[] {
  const role = graph.all("aws:lambda/function:Function").find((lambda) => lambda.name === name)?.inputs.role;
  const policies = graph
    .all("aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => String(role).endsWith(`/${inputs.role}`));
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
function filterLabel(filterPolicy = "") {
  const suffixes = [...filterPolicy.matchAll(/"suffix":"([^"]+)"/g)].map(([, suffix]) => suffix);
  return suffixes.length > 0 ? suffixes.join(" ") : "every file";
}
