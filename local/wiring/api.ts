import type { Graph } from "../graph.ts";
import type { HttpApiSettings } from "../http-api.ts";
import type { LambdaFunction } from "../lambda/lambda-function.ts";
import { declared, theOnly } from "./declared.ts";
import { functionBehind } from "./functions.ts";

/** The declared HTTP API with each route's function. */
export function httpApiSettings(
  graph: Graph,
  functions: ReadonlyMap<string, LambdaFunction>,
): HttpApiSettings {
  const api = theOnly(graph, "aws:apigatewayv2/api:Api");
  const integrations = declared(graph, "aws:apigatewayv2/integration:Integration");
  const routes = declared(graph, "aws:apigatewayv2/route:Route").map(({ name, inputs }) => {
    const integration = integrations.find(({ id }) => inputs.target === `integrations/${id}`);
    if (!integration?.inputs.integrationUri)
      throw new Error(`${name}: no declared integration is ${inputs.target}`);
    const lambda = functionBehind(functions, integration.inputs.integrationUri);
    return { routeKey: inputs.routeKey, invoke: (event: unknown) => lambda.invoke(event) };
  });
  const { corsConfiguration } = api.inputs;
  return {
    apiId: api.id,
    accountId: graph.accountId,
    routes,
    ...(corsConfiguration && { cors: corsConfiguration }),
  };
}
