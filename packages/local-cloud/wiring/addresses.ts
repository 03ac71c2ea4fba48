import type { Graph } from "../graph.ts";
import { declared, theOnly } from "./declared.ts";

/** Replaces addresses wherever they stand in a text. */
export type Localise = (text: string) => string;

/**
 * Replaces the AWS addresses that the program computed (the distribution's, the API's, the buckets') with local ones,
 * wherever they stand in a value: in a function's environment, in a page, in a stack output.
 */
export function addressRewriter(graph: Graph, urls: { cdn?: string; api?: string; s3?: string }): Localise {
  const distribution = theOnly(graph, "aws:cloudfront/distribution:Distribution");
  const cdnNames = [distribution.output("domainName"), ...(distribution.inputs.aliases ?? [])];
  const replacements: [string, string | undefined][] = [
    ...cdnNames.map((name): [string, string | undefined] => [`https://${name}`, urls.cdn]),
    ...declared(graph, "aws:apigatewayv2/api:Api").map((api): [string, string | undefined] => [
      api.output("apiEndpoint"),
      urls.api,
    ]),
    ...declared(graph, "aws:s3/bucket:Bucket").map((bucket): [string, string | undefined] => [
      `https://${bucket.output("bucketRegionalDomainName")}`,
      urls.s3,
    ]),
  ];
  return (value) =>
    replacements.reduce((text, [address, local]) => (local ? text.replaceAll(address, local) : text), value);
}

/** Origins as CORS compares them: one that is local here goes by both names of this machine. */
export function localOrigins(origins: readonly string[], localise: Localise): string[] {
  return origins.flatMap((origin) => {
    const local = localise(origin);
    return local === origin ? [origin] : [local, local.replace("//127.0.0.1:", "//localhost:")];
  });
}
