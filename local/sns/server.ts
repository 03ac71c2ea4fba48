import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { XMLBuilder } from "fast-xml-parser";
import type { Credentials } from "../credentials.ts";
import type { Faults } from "../faults.ts";
import { readText } from "../read-text.ts";
import { SignatureError, verifySignature } from "../sigv4.ts";
import type { MessageAttribute, Topics } from "./topics.ts";

export interface SnsServerOptions {
  readonly topics: Topics;
  readonly credentials: Credentials;
  readonly region: string;
  readonly faults: Faults;
  /** Whether the principal may do `sns:Publish` on the topic; allows everything by default. */
  readonly authorize?: (request: { principal: string; action: string; resource: string }) => boolean;
}

interface Answer {
  readonly status: number;
  readonly document: object;
  /** The connection is reset in its place. */
  readonly isLost?: boolean;
}

/** A message of SNS's 256 KiB, https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html, every byte percent-encoded. */
const maxBodyBytes = 3 * 256 * 1024;

const xmlns = "http://sns.amazonaws.com/doc/2010-03-31/";
const xml = new XMLBuilder({ ignoreAttributes: false });

/** `Publish` on the wire: the Query protocol that the AWS SDK speaks to SNS. */
export function createSnsServer(options: SnsServerOptions): Server {
  return createServer((request, response) => {
    respond(options, request)
      .then(({ status, document, isLost }) => {
        // What was too large to be read is still on its way.
        if (status === 413) response.setHeader("connection", "close");
        if (isLost) request.socket.resetAndDestroy();
        else response.writeHead(status, { "content-type": "text/xml" }).end(xml.build(document));
      })
      .catch((error: Error) => response.destroy(error));
  });
}

async function respond(
  { topics, credentials, region, faults, authorize }: SnsServerOptions,
  request: IncomingMessage,
): Promise<Answer> {
  const body = await readText(request, maxBodyBytes);
  if (body === undefined)
    return failure(413, "RequestEntityTooLarge", `At most ${maxBodyBytes} bytes are read`);
  const { method = "", url = "/", headersDistinct: headers } = request;
  const payloadHash = createHash("sha256").update(body).digest("hex");
  let principal: string;
  try {
    ({ principalArn: principal } = verifySignature(
      { method, url, headers, payloadHash },
      { service: "sns", region, credentials, now: new Date() },
    ));
  } catch (error) {
    if (error instanceof SignatureError) return failure(error.status, error.code, error.message);
    if (error instanceof URIError) return failure(400, "InvalidQueryParameter", "The target is not UTF-8");
    throw error;
  }
  const parameters = new URLSearchParams(body);
  const action = parameters.get("Action");
  const topicArn = parameters.get("TopicArn") ?? "";
  if (action !== "Publish") return failure(400, "InvalidAction", `The local SNS does not know ${action}`);
  if (authorize && !authorize({ principal, action: "sns:Publish", resource: topicArn })) {
    return failure(
      403,
      "AuthorizationError",
      `User: ${principal} is not authorized to perform: SNS:Publish on resource: ${topicArn}`,
    );
  }
  if (!topics.has(topicArn)) return failure(404, "NotFound", "Topic does not exist");
  const message = parameters.get("Message") ?? "";
  const disturbance = faults.request({ place: "sns Publish", about: { message }, principal });
  if (disturbance?.kind === "throttle") return failure(400, "Throttling", "Rate exceeded");
  const messageId = topics.publish({
    topicArn,
    message,
    subject: parameters.get("Subject") ?? undefined,
    attributes: attributesOf(parameters),
  });
  return {
    status: 200,
    isLost: disturbance?.kind === "reset",
    document: {
      PublishResponse: {
        "@_xmlns": xmlns,
        PublishResult: { MessageId: messageId },
        ResponseMetadata: { RequestId: randomUUID() },
      },
    },
  };
}

function attributesOf(parameters: URLSearchParams): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let entry = 1; ; entry++) {
    const prefix = `MessageAttributes.entry.${entry}`;
    const name = parameters.get(`${prefix}.Name`);
    if (name === null) return attributes;
    attributes[name] = {
      dataType: parameters.get(`${prefix}.Value.DataType`) ?? "String",
      value: parameters.get(`${prefix}.Value.StringValue`) ?? "",
    };
  }
}

function failure(status: number, code: string, message: string): Answer {
  return {
    status,
    document: {
      ErrorResponse: {
        "@_xmlns": xmlns,
        Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message },
        RequestId: randomUUID(),
      },
    },
  };
}
