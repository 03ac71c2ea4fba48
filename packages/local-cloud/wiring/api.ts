import { ProgramError } from "../errors.ts";
import type { Declared, Graph } from "../graph.ts";
import type { HttpApiSettings } from "../http-api.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { EmulatedFunction } from "../lambda/emulated-function.ts";
import type { InvocationResult } from "../lambda/environment.ts";
import { type Localise, localOrigins } from "./addresses.ts";
import { functionBehind } from "./function-references.ts";

const refused: InvocationResult = {
  ok: false,
  error: { errorType: "AccessDeniedException", errorMessage: "The API may not invoke the function" },
};

/**
 * Returns the settings of one declared HTTP API, each of its routes with its function.
 *
 * @throws {ProgramError} when a route's integration or function is not declared
 */
export function httpApiSettings(
  graph: Graph,
  api: Declared<"aws:apigatewayv2/api:Api">,
  functions: ReadonlyMap<string, EmulatedFunction>,
  permissions: Permissions,
  localise: Localise,
): HttpApiSettings {
  const declaredRoutes = graph
    .all("aws:apigatewayv2/route:Route")
    .filter(({ inputs }) => inputs.apiId === api.id);
  const routes = declaredRoutes.map(({ name, inputs }) => {
    const id = inputs.target?.replace(/^integrations\//, "");
    const uri = graph.byId("aws:apigatewayv2/integration:Integration", id)?.inputs.integrationUri;
    if (!uri)
      throw new ProgramError(`${name}: the program declares no integration with a URI for ${inputs.target}`);
    const lambda = functionBehind(graph, functions, uri);
    const request = {
      principal: "apigateway.amazonaws.com",
      action: "lambda:InvokeFunction",
      resource: /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? "",
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
