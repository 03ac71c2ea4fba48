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

/** Options of {@link createSqsServer}. */
export interface SqsServerOptions extends SqsServices {
  readonly credentials: Credentials;
  /** Returns true when the principal may do the action (`sqs:…`) on the queue. By default every action is allowed. */
  readonly authorize?: (request: { principal: string; action: string; resource: string }) => boolean;
}

/** The size of the largest request: a message of 1 MiB in which JSON escapes every character. */
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

/** Returns an SQS endpoint with the protocol of the AWS SDK, AWS JSON 1.0. It does not listen yet. */
export function createSqsServer(options: SqsServerOptions): Server {
  return createServer({ requestTimeout: 0 }, (request, response) => {
    serve(options, request, response)
      .then((document) => answer(response, 200, document))
      // A client that disconnected in the middle of a request gets no answer.
      .catch((error: unknown) => (request.errored ? response.destroy() : refuse(response, error)));
  });
}

async function serve(
  { credentials, authorize, ...services }: SqsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<object> {
  const disconnection = new AbortController();
  response.once("close", () => disconnection.abort());
  const body = await readText(request, maxBodyBytes);
  if (body === undefined)
    throw new SqsError("RequestEntityTooLarge", `The request is larger than ${maxBodyBytes} bytes`, 413);
  const { method = "", url = "/", headersDistinct: headers } = request;
  const { principalArn: principal } = verifySignature(
    { method, url, headers, payloadHash: createHash("sha256").update(body).digest("hex") },
    { service: "sqs", region: services.region, credentials, now: new Date() },
  );
  const [, name = ""] = /^AmazonSQS\.(\w+)$/.exec(String(request.headers["x-amz-target"])) ?? [];
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation)
    throw new SqsError(
      "UnknownOperationException",
      `The local SQS does not support ${name ? `the operation ${name}` : "a request without x-amz-target"}`,
    );
  return operation({
    ...services,
    input: parseJson(body),
    disconnected: disconnection.signal,
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
    throw new SqsError("SerializationException", `The request is not JSON: ${(error as Error).message}`);
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof SqsError ? error : fromSignature(error);
  if (!known) console.error(error);
  const refusal =
    known ?? new SqsError("InternalFailure", "The local SQS failed; its error is in the log", 500);
  // The client is still sending the rest of a body that is too large.
  if (refusal.status === 413) response.setHeader("connection", "close");
  response.setHeader("x-amzn-query-error", refusal.queryError);
  answer(response, refusal.status, { __type: refusal.type, message: refusal.message });
}

/** Returns a wrong signature as SQS reports it: its codes differ from those of S3. */
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
