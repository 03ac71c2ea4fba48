import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { InvocationResult } from "./lambda/environment.ts";
import { readText } from "./read-text.ts";

/** A route of the API, with the function behind its integration. */
export interface Route {
  /** As `aws.apigatewayv2.Route` has it: `POST /uploads`, `GET /uploads/{id}`. */
  readonly routeKey: string;
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
}

/** CORS as `aws.apigatewayv2.Api` declares it. */
export interface ApiCors {
  readonly allowOrigins?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAge?: number;
}

export interface HttpApiSettings {
  readonly apiId: string;
  readonly accountId: string;
  readonly routes: readonly Route[];
  readonly cors?: ApiCors;
}

/** A request's path, still percent-encoded, and its query without the question mark. */
interface Target {
  readonly path: string;
  readonly search: string;
}

/** The answer of a proxy integration, payload format 2.0. */
interface ProxyResponse {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** API Gateway's limit for a request body, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html. */
const maxBodyBytes = 10 * 2 ** 20;

/** Serves an HTTP API in front of Lambda functions: payload format 2.0, CORS as declared, without authorization. */
export function httpApiListener(settings: HttpApiSettings): RequestListener {
  const routes = settings.routes.map((route) => ({ ...route, match: matcherOf(route.routeKey) }));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request);
    if (!target) {
      answerJson(response, 400, { message: "Bad Request" });
      return;
    }
    for (const [name, value] of corsHeaders(settings.cors, request.headers.origin))
      response.setHeader(name, value);
    if (request.method === "OPTIONS" && request.headers["access-control-request-method"]) {
      response.writeHead(204).end();
      return;
    }
    for (const { routeKey, invoke, match } of routes) {
      const pathParameters = match(request.method, target.path);
      if (!pathParameters) continue;
      const body = await readText(request, maxBodyBytes);
      if (body === undefined) {
        answerJson(response.setHeader("connection", "close"), 413, { message: "Request Entity Too Large" });
        return;
      }
      answer(response, await invoke(eventOf(settings, routeKey, pathParameters, target, request, body)));
      return;
    }
    answerJson(response, 404, { message: "Not Found" });
  }
  return (request, response) => {
    serve(request, response).catch((error: Error) => {
      if (request.socket.destroyed || response.headersSent) response.destroy(error);
      else answerJson(response, 500, { message: "Internal Server Error" });
    });
  };
}

/**
 * Splits a request's target in origin or absolute form (RFC 9112, 3.2) and leaves its path unchanged. `URL` would resolve
 * dots and read `//a/b` as the path `/b` of the host `a`. Returns undefined for any other form.
 */
function targetOf({ url = "" }: IncomingMessage): Target | undefined {
  const [, path, search = ""] = /^(?:https?:\/\/[^/?]+)?(\/[^?]*)(?:\?(.*))?$/i.exec(url) ?? [];
  return path === undefined ? undefined : { path, search };
}

function matcherOf(
  routeKey: string,
): (method: string | undefined, path: string) => Record<string, string> | undefined {
  const [method, template = ""] = routeKey.split(" ");
  const pattern = new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
  return (requestMethod, path) => {
    const match = method === requestMethod ? pattern.exec(path) : null;
    if (!match) return undefined;
    return Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]),
    );
  };
}

/** Returns the decoded segment, or the segment itself when it is not valid percent-encoding. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

function eventOf(
  { apiId, accountId }: HttpApiSettings,
  routeKey: string,
  pathParameters: Record<string, string>,
  { path, search }: Target,
  request: IncomingMessage,
  body: string,
): object {
  const now = new Date();
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: search,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    queryStringParameters: search ? Object.fromEntries(new URLSearchParams(search)) : undefined,
    pathParameters,
    requestContext: {
      accountId,
      apiId,
      domainName: request.headers.host,
      http: {
        method: request.method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: request.socket.remoteAddress,
        userAgent: request.headers["user-agent"],
      },
      requestId: crypto.randomUUID(),
      routeKey,
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    body: body === "" ? undefined : body,
    isBase64Encoded: false,
  };
}

function answer(response: ServerResponse, result: InvocationResult): void {
  const payload = result.ok ? (result.payload as ProxyResponse | null) : null;
  if (!payload || typeof payload !== "object") {
    answerJson(response, 500, { message: "Internal Server Error" });
    return;
  }
  if (payload.statusCode === undefined) {
    answerJson(response, 200, payload);
    return;
  }
  const headers = Object.entries(payload.headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  response.writeHead(payload.statusCode, Object.fromEntries(headers));
  response.end(payload.isBase64Encoded ? Buffer.from(payload.body ?? "", "base64") : payload.body);
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function corsHeaders(cors: ApiCors | undefined, origin: string | undefined): [string, string][] {
  if (!cors || !origin) return [];
  const any = cors.allowOrigins?.includes("*");
  if (!any && !cors.allowOrigins?.includes(origin)) return [];
  const headers: [string, string][] = [
    ["access-control-allow-origin", any ? "*" : origin],
    ["vary", "origin"],
  ];
  if (cors.allowMethods) headers.push(["access-control-allow-methods", cors.allowMethods.join(",")]);
  if (cors.allowHeaders) headers.push(["access-control-allow-headers", cors.allowHeaders.join(",")]);
  if (cors.exposeHeaders) headers.push(["access-control-expose-headers", cors.exposeHeaders.join(",")]);
  if (cors.maxAge !== undefined) headers.push(["access-control-max-age", String(cors.maxAge)]);
  return headers;
}
