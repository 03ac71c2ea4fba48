import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { XMLBuilder } from "fast-xml-parser";
import type { Credentials } from "../credentials.ts";
import type { FaultInjector } from "../faults.ts";
import { readText } from "../read-text.ts";
import { SignatureError, verifySignature } from "../sigv4.ts";
import { LostAnswer, type SnsAccess, type SnsCall, SnsError } from "./call.ts";
import { publish, publishBatch } from "./publish-operations.ts";
import { certificatePath } from "./signer.ts";
import {
  confirmSubscription,
  listSubscriptionsByTopic,
  subscribe,
  unsubscribe,
} from "./subscription-operations.ts";
import type { Topics } from "./topics.ts";

/** Options of {@link createSnsServer}. */
export interface SnsServerOptions {
  readonly topics: Topics;
  readonly credentials: Credentials;
  readonly region: string;
  readonly faults: FaultInjector;
  /** Returns true when the principal may do the action on the topic. By default every action is allowed. */
  readonly authorize?: (request: SnsAccess) => boolean;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const operations: Readonly<Record<string, (call: SnsCall) => object>> = {
  ConfirmSubscription: confirmSubscription,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
  Publish: publish,
  PublishBatch: publishBatch,
  Subscribe: subscribe,
  Unsubscribe: unsubscribe,
};

/** The operations of the links in SNS's messages. Such a link needs no signature. */
const unsignedOperations = ["ConfirmSubscription", "Unsubscribe"];

/**
 * The size of the largest message, 256 KiB, with every byte percent-encoded,
 * https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html.
 */
const maxBodyBytes = 3 * 256 * 1024;

const xmlns = "http://sns.amazonaws.com/doc/2010-03-31/";
const xml = new XMLBuilder({ ignoreAttributes: false });

/**
 * Returns an SNS endpoint: the Query protocol of the AWS SDK, and the links in SNS's messages. It does not listen yet.
 */
export function createSnsServer(options: SnsServerOptions): Server {
  return createServer((request, response) => {
    respond(options, request)
      .catch((error: unknown) => {
        // A client that disconnected in the middle of a request gets no answer.
        if (request.errored) throw error;
        return refusal(error);
      })
      .then(({ status, contentType, body }) => {
        // The client is still sending the rest of a body that is too large.
        if (status === 413) response.setHeader("connection", "close");
        response.writeHead(status, { "content-type": contentType }).end(body);
      })
      .catch((error: Error) => {
        if (error instanceof LostAnswer) request.socket.resetAndDestroy();
        else response.destroy(error);
      });
  });
}

async function respond(options: SnsServerOptions, request: IncomingMessage): Promise<Answer> {
  const body = await readText(request, maxBodyBytes);
  if (body === undefined)
    throw new SnsError(413, "RequestEntityTooLarge", `The request is larger than ${maxBodyBytes} bytes`);
  const { method = "", url = "/" } = request;
  if (method === "GET" && url === certificatePath) {
    const certificate = await options.topics.signer.certificate();
    return { status: 200, contentType: "application/x-pem-file", body: certificate };
  }
  const parameters = new URLSearchParams(method === "GET" ? url.slice(url.indexOf("?") + 1) : body);
  const action = parameters.get("Action") ?? "";
  const isUnsigned = method === "GET" && unsignedOperations.includes(action);
  const call = callOf(options, parameters, isUnsigned ? undefined : signerOf(options, request, body));
  const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
  if (!operation)
    throw new SnsError(400, "InvalidAction", `The local SNS does not support the action ${action}`);
  return answer(200, {
    [`${action}Response`]: {
      "@_xmlns": xmlns,
      [`${action}Result`]: operation(call),
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
}

function signerOf({ region, credentials }: SnsServerOptions, request: IncomingMessage, body: string): string {
  const payloadHash = createHash("sha256").update(body).digest("hex");
  return verifySignature(
    { method: request.method ?? "", url: request.url ?? "/", headers: request.headersDistinct, payloadHash },
    { service: "sns", region, credentials, now: new Date() },
  ).principalArn;
}

function callOf(
  { topics, faults, authorize }: SnsServerOptions,
  parameters: URLSearchParams,
  principal: string | undefined,
): SnsCall {
  return {
    topics,
    faults,
    parameters,
    principal,
    require: (action, resource, conditions = {}) => {
      const access = { principal: principal ?? "", action: `sns:${action}`, resource, ...conditions };
      if (authorize?.(access) ?? true) return;
      throw new SnsError(
        403,
        "AuthorizationError",
        `User: ${principal} is not authorized to perform: SNS:${action} on resource: ${resource}`,
      );
    },
  };
}

function answer(status: number, document: object): Answer {
  return { status, contentType: "text/xml", body: xml.build(document) };
}

/**
 * Returns the answer to a request that failed.
 *
 * @throws {LostAnswer} unchanged: its client gets no answer
 */
function refusal(error: unknown): Answer {
  if (error instanceof LostAnswer) throw error;
  if (error instanceof URIError)
    return refusal(new SnsError(400, "InvalidQueryParameter", "The request target is not UTF-8"));
  const isKnown = error instanceof SnsError || error instanceof SignatureError;
  if (!isKnown) console.error(error);
  const { status, code, message } = isKnown
    ? error
    : new SnsError(500, "InternalError", "The local SNS failed; its error is in the log");
  return answer(status, {
    ErrorResponse: {
      "@_xmlns": xmlns,
      Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message },
      RequestId: randomUUID(),
    },
  });
}
