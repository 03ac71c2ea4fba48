import type { Graph } from "../graph.ts";
import { declared, theOnly } from "./declared.ts";

/**
 * Replaces the AWS addresses that the program computed (the distribution's, the API's) with local ones, wherever
 * they stand in a value: in a function's environment, in a stack output.
 */
export function addressRewriter(
  graph: Graph,
  urls: { cdn?: string; api?: string },
): (value: string) => string {
  const distribution = theOnly(graph, "aws:cloudfront/distribution:Distribution");
  const cdnNames = [distribution.output("domainName"), ...(distribution.inputs.aliases ?? [])];
  const replacements: [string, string | undefined][] = [
    ...cdnNames.map((name): [string, string | undefined] => [`https://${name}`, urls.cdn]),
    ...declared(graph, "aws:apigatewayv2/api:Api").map((api): [string, string | undefined] => [
      api.output("apiEndpoint"),
      urls.api,
    ]),
  ];
  return (value) =>
    replacements.reduce((text, [address, local]) => (local ? text.replaceAll(address, local) : text), value);
}
