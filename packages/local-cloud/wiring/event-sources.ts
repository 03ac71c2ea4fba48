import type { Clock } from "../clock.ts";
import { ProgramError } from "../errors.ts";
import type { FaultInjector } from "../faults.ts";
import type { Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { EmulatedFunction } from "../lambda/emulated-function.ts";
import { EventSourceMapping, type Retry } from "../lambda/event-source-mapping.ts";
import type { Queues } from "../sqs/queues.ts";
import { functionBehind } from "./function-references.ts";

/** Lambda's defaults for a queue, https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html. */
const defaultBatchSize = 10;
const unboundedConcurrency = 1000;

const requiredOperations = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

/**
 * Starts to poll every declared queue that has a function, with the permissions of the function's role.
 *
 * @throws {AccessDeniedError} when the role may not poll the queue, because Lambda refuses such a mapping
 */
export function startEventSourceMappings(
  graph: Graph,
  functions: ReadonlyMap<string, EmulatedFunction>,
  {
    permissions,
    ...services
  }: {
    queues: Queues;
    clock: Clock;
    faults: FaultInjector;
    permissions: Permissions;
    onRetry: (retry: Retry) => void;
  },
): EventSourceMapping[] {
  return graph.all("aws:lambda/eventSourceMapping:EventSourceMapping").map(({ name, inputs }) => {
    const queueArn = String(inputs.eventSourceArn);
    services.queues.settings(queueArn);
    if (inputs.maximumBatchingWindowInSeconds || inputs.filterCriteria) {
      throw new ProgramError(
        `${name}: the local Lambda supports neither a batching window nor filter criteria`,
      );
    }
    const lambda = functionBehind(graph, functions, String(inputs.functionName));
    for (const operation of requiredOperations) {
      permissions.require(
        { principal: lambda.settings.roleArn, action: `sqs:${operation}`, resource: queueArn },
        `${name}: the function execution role does not have permissions to call ${operation} on SQS`,
      );
    }
    // With more batches than environments, some would wait while their visibility timeouts run.
    const maximumConcurrency = Math.min(
      inputs.scalingConfig?.maximumConcurrency ?? unboundedConcurrency,
      lambda.settings.maxEnvironments,
    );
    return new EventSourceMapping(
      {
        queueArn,
        region: graph.region,
        batchSize: inputs.batchSize ?? defaultBatchSize,
        maximumConcurrency,
        reportsBatchItemFailures: (inputs.functionResponseTypes ?? []).includes("ReportBatchItemFailures"),
      },
      services,
      (event) => lambda.invoke(event),
    );
  });
}
