import type { Graph } from "../graph.ts";

/** Replaces AWS addresses with local ones, wherever they are in a text. */
export type Localise = (text: string) => string;

/** Local addresses of the declared APIs and distributions by logical name, and of S3; absent ones are not replaced. */
export interface LocalAddresses {
  readonly apis?: ReadonlyMap<string, string>;
  readonly cdns?: ReadonlyMap<string, string>;
  readonly s3?: string;
}

/**
 * Returns a function that replaces the AWS addresses of each API, distribution and bucket with their local ones: in a
 * function's environment, in a page, in a stack output.
 */
export function addressRewriter(graph: Graph, { apis, cdns, s3 }: LocalAddresses): Localise {
  const replacements: [address: string, local: string | undefined][] = [
    ...graph
      .all("aws:cloudfront/distribution:Distribution")
      .flatMap(({ name, inputs, output }) =>
        [output("domainName"), ...(inputs.aliases ?? [])].map((domain): [string, string | undefined] => [
          `https://${domain}`,
          cdns?.get(name),
        ]),
      ),
    ...graph
      .all("aws:apigatewayv2/api:Api")
      .map(({ name, output }): [string, string | undefined] => [output("apiEndpoint"), apis?.get(name)]),
    ...graph
      .all("aws:s3/bucket:Bucket")
      .map(({ output }): [string, string | undefined] => [
        `https://${output("bucketRegionalDomainName")}`,
        s3,
      ]),
  ];
  return (value) =>
    replacements.reduce((text, [address, local]) => (local ? text.replaceAll(address, local) : text), value);
}

/** Returns origins as CORS compares them: a local one goes by both names of this machine. */
export function localOrigins(origins: readonly string[], localise: Localise): string[] {
  return origins.flatMap((origin) => {
    const local = localise(origin);
    return local === origin ? [origin] : [local, local.replace("//127.0.0.1:", "//localhost:")];
  });
}
