import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Auth } from "./config/settings.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import type { StageContext } from "./stage.ts";

export interface HttpApiArgs {
  readonly function: LambdaFunction;
  /** Routes as `METHOD /path`, with `{name}` for a path parameter. */
  readonly routes: readonly string[];
  readonly auth: Auth;
  readonly allowedOrigins: readonly pulumi.Input<string>[];
  /** Requests per second: `rate` on average, `burst` at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly stage: StageContext;
}

/** An HTTP API whose routes one function answers, each of them authorised. */
export class HttpApi extends pulumi.ComponentResource {
  readonly api: aws.apigatewayv2.Api;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: HttpApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:api:HttpApi", name, {}, opts);
    const { alias } = args.function;
    this.api = new aws.apigatewayv2.Api(
      `${name}-api`,
      {
        protocolType: "HTTP",
        ...(args.allowedOrigins.length > 0 && { corsConfiguration: cors(args.allowedOrigins) }),
      },
      { parent: this },
    );
    this.url = this.api.apiEndpoint;
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      {
        apiId: this.api.id,
        integrationType: "AWS_PROXY",
        integrationUri: alias.invokeArn,
        payloadFormatVersion: "2.0",
      },
      { parent: this },
    );
    const stage = this.#stage(name, args);
    const authorization = this.#authorization(name, args.auth);
    for (const routeKey of args.routes) {
      const role = routeKey
        .replace(/[^A-Za-z]+/g, "-")
        .replace(/-$/, "")
        .toLowerCase();
      new aws.apigatewayv2.Route(
        `${name}-${role}-route`,
        {
          apiId: this.api.id,
          routeKey,
          target: pulumi.interpolate`integrations/${integration.id}`,
          ...authorization,
        },
        { parent: this },
      );
      new aws.lambda.Permission(
        `${name}-${role}-permission`,
        {
          action: "lambda:InvokeFunction",
          function: args.function.function.name,
          qualifier: alias.name,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${this.api.executionArn}/${stage.name}/${sourcePath(routeKey)}`,
        },
        { parent: this },
      );
    }
    this.registerOutputs({ api: this.api, url: this.url });
  }

  #stage(name: string, { throttle, stage }: HttpApiArgs): aws.apigatewayv2.Stage {
    const log = new aws.cloudwatch.LogGroup(
      `${name}-access-logs`,
      { retentionInDays: stage.logRetentionDays },
      { parent: this },
    );
    return new aws.apigatewayv2.Stage(
      `${name}-stage`,
      {
        apiId: this.api.id,
        name: "$default",
        autoDeploy: true,
        defaultRouteSettings: { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst },
        accessLogSettings: { destinationArn: log.arn, format: JSON.stringify(accessLogFormat) },
      },
      { parent: this },
    );
  }

  #authorization(name: string, auth: Auth) {
    if (auth.kind === "iam") return { authorizationType: "AWS_IAM" };
    const authorizer = new aws.apigatewayv2.Authorizer(
      `${name}-authorizer`,
      {
        apiId: this.api.id,
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: { issuer: auth.issuer, audiences: auth.audience },
      },
      { parent: this },
    );
    return { authorizationType: "JWT", authorizerId: authorizer.id };
  }
}

/** Turns `GET /uploads/{id}` into `GET/uploads/*`, as the ARN that invokes the function has it. */
function sourcePath(routeKey: string): string {
  return routeKey.replace(" ", "").replace(/\{[^}]+\}/g, "*");
}

function cors(allowedOrigins: readonly pulumi.Input<string>[]) {
  return {
    allowOrigins: [...allowedOrigins],
    allowMethods: ["GET", "POST"],
    allowHeaders: [
      "authorization",
      "content-type",
      "x-amz-content-sha256",
      "x-amz-date",
      "x-amz-security-token",
    ],
    maxAge: 3600,
  };
}

/** The fields of a log line; the `$context` variables are API Gateway's. */
const accessLogFormat = {
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  ip: "$context.identity.sourceIp",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  error: "$context.error.message",
};
