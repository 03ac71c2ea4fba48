import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface CustomDomainArgs {
  readonly distribution: aws.cloudfront.Distribution;
  readonly domainName: string;
  /** The hosted zone of the domain in Route 53. */
  readonly hostedZoneId: string;
}

/** Points a domain at a distribution, over IPv4 and IPv6. */
export class CustomDomain extends pulumi.ComponentResource {
  constructor(
    name: string,
    { distribution, domainName, hostedZoneId }: CustomDomainArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("henkan:delivery:CustomDomain", name, {}, opts);
    const alias = {
      name: distribution.domainName,
      zoneId: distribution.hostedZoneId,
      evaluateTargetHealth: false,
    };
    for (const type of ["A", "AAAA"]) {
      new aws.route53.Record(
        `${name}-${type.toLowerCase()}-record`,
        { zoneId: hostedZoneId, name: domainName, type, aliases: [alias] },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
