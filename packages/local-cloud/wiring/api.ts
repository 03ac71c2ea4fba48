import type { Graph } from "../graph.ts";
import type { HttpApiSettings } from "../http-api.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { InvocationResult } from "../lambda/environment.ts";
import type { LambdaFunction } from "../lambda/lambda-function.ts";
import { type Localise, localOrigins } from "./addresses.ts";
import { declared, theOnly } from "./declared.ts";
import { functionBehind } from "./function-references.ts";

const refused: InvocationResult = {
  ok: false,
  error: { errorType: "AccessDeniedException", errorMessage: "The API may not invoke the function" },
};

/** The declared HTTP API with each route's function. */
export function httpApiSettings(
  graph: Graph,
  functions: ReadonlyMap<string, LambdaFunction>,
  permissions: Permissions,
  localise: Localise,
): HttpApiSettings {
  const api = theOnly(graph, "aws:apigatewayv2/api:Api");
  const integrations = declared(graph, "aws:apigatewayv2/integration:Integration");
  const routes = declared(graph, "aws:apigatewayv2/route:Route").map(({ name, inputs }) => {
    const integration = integrations.find(({ id }) => inputs.target === `integrations/${id}`);
    if (!integration?.inputs.integrationUri)
      throw new Error(`${name}: no declared integration is ${inputs.target}`);
    const lambda = functionBehind(graph, functions, integration.inputs.integrationUri);
    const request = {
      principal: "apigateway.amazonaws.com",
      action: "lambda:InvokeFunction",
      resource: /\/functions\/(.+)\/invocations$/.exec(integration.inputs.integrationUri)?.[1] ?? "",
      sourceArn: `${api.output("executionArn")}/$default/${inputs.routeKey.replace(" ", "")}`,
      sourceAccount: graph.accountId,
    };
    const invoke = async (event: unknown) => (permissions.allows(request) ? lambda.invoke(event) : refused);
    return { routeKey: inputs.routeKey, invoke };
  });
  const { corsConfiguration } = api.inputs;
  return {
    apiId: api.id,
    accountId: graph.accountId,
    routes,
    ...(corsConfiguration && {
      cors: {
        ...corsConfiguration,
        allowOrigins: localOrigins(corsConfiguration.allowOrigins ?? [], localise),
      },
    }),
  };
}
