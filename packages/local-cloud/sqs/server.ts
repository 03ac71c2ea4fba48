import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Credentials } from "../credentials.ts";
import { readText } from "../read-text.ts";
import { SignatureError, verifySignature } from "../sigv4.ts";
import type { SqsCall, SqsServices } from "./call.ts";
import { SqsError } from "./errors.ts";
import * as messages from "./message-operations.ts";
import * as tasks from "./move-task-operations.ts";
import * as queues from "./queue-operations.ts";

export interface SqsServerOptions extends SqsServices {
  readonly credentials: Credentials;
  /** Whether the principal may do `sqs:…` with the queue; allows everything by default. */
  readonly authorize?: (request: { principal: string; action: string; resource: string }) => boolean;
}

/** Messages of SQS's 1 MiB, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html, escaped in JSON. */
const maxBodyBytes = 6 * 1024 * 1024;

type Operation = (call: SqsCall) => object | Promise<object>;

const operations: Readonly<Record<string, Operation>> = {
  CancelMessageMoveTask: tasks.cancelMessageMoveTask,
  ChangeMessageVisibility: messages.changeMessageVisibility,
  ChangeMessageVisibilityBatch: messages.changeMessageVisibilityBatch,
  CreateQueue: queues.createQueue,
  DeleteMessage: messages.deleteMessage,
  DeleteMessageBatch: messages.deleteMessageBatch,
  DeleteQueue: queues.deleteQueue,
  GetQueueAttributes: queues.getQueueAttributes,
  GetQueueUrl: queues.getQueueUrl,
  ListMessageMoveTasks: tasks.listMessageMoveTasks,
  ListQueues: queues.listQueues,
  ReceiveMessage: messages.receiveMessage,
  SendMessage: messages.sendMessage,
  SendMessageBatch: messages.sendMessageBatch,
  SetQueueAttributes: queues.setQueueAttributes,
  StartMessageMoveTask: tasks.startMessageMoveTask,
};

/** SQS on the wire: AWS JSON 1.0, which the AWS SDK speaks to it. */
export function createSqsServer(options: SqsServerOptions): Server {
  return createServer({ requestTimeout: 0 }, (request, response) => {
    serve(options, request, response)
      .then((document) => answer(response, 200, document))
      // Whoever hung up in the middle of a request is told nothing.
      .catch((error: unknown) => (request.errored ? response.destroy() : refuse(response, error)));
  });
}

async function serve(
  { credentials, authorize, ...services }: SqsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<object> {
  const hangUp = new AbortController();
  response.once("close", () => hangUp.abort());
  const body = await readText(request, maxBodyBytes);
  if (body === undefined)
    throw new SqsError("RequestEntityTooLarge", `At most ${maxBodyBytes} bytes are read`, 413);
  const { method = "", url = "/", headersDistinct: headers } = request;
  const { principalArn: principal } = verifySignature(
    { method, url, headers, payloadHash: createHash("sha256").update(body).digest("hex") },
    { service: "sqs", region: services.region, credentials, now: new Date() },
  );
  const [, name = ""] = /^AmazonSQS\.(\w+)$/.exec(String(request.headers["x-amz-target"])) ?? [];
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation)
    throw new SqsError("UnknownOperationException", `The local SQS does not know ${name || "this"}`);
  return operation({
    ...services,
    input: parseJson(body),
    hungUp: hangUp.signal,
    require: (action, resource) => {
      if (authorize?.({ principal, action: `sqs:${action}`, resource }) ?? true) return;
      throw new SqsError(
        "AccessDeniedException",
        `User: ${principal} is not authorized to perform: sqs:${action.toLowerCase()} on resource: ${resource}`,
        403,
      );
    },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SqsError("SerializationException", `The request is no JSON: ${(error as Error).message}`);
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof SqsError ? error : fromSignature(error);
  if (!known) console.error(error);
  const refusal =
    known ?? new SqsError("InternalFailure", "The local SQS failed; its error is in the log", 500);
  // What was too large to be read is still on its way.
  if (refusal.status === 413) response.setHeader("connection", "close");
  response.setHeader("x-amzn-query-error", refusal.queryError);
  answer(response, refusal.status, { __type: refusal.type, message: refusal.message });
}

/** S3 has other names for what is wrong with a signature. */
function fromSignature(error: unknown): SqsError | undefined {
  if (!(error instanceof SignatureError)) return undefined;
  const codes: Record<string, string> = {
    InvalidAccessKeyId: "InvalidClientTokenId",
    SignatureDoesNotMatch: "SignatureDoesNotMatch",
  };
  return new SqsError(codes[error.code] ?? "SignatureException", error.message, 403);
}

function answer(response: ServerResponse, status: number, document: object): void {
  if (response.destroyed) return;
  response
    .writeHead(status, { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID() })
    .end(JSON.stringify(document));
}
