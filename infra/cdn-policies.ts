import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const day = 86_400;
const year = 365 * day;

/** How long the CDN keeps outputs, and the headers that keep them from doing harm in a browser. */
export class CdnPolicies extends pulumi.ComponentResource {
  readonly cache: aws.cloudfront.CachePolicy;
  readonly inline: aws.cloudfront.ResponseHeadersPolicy;
  /** For types a browser should save rather than open. */
  readonly attachment: aws.cloudfront.ResponseHeadersPolicy;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:delivery:CdnPolicies", name, {}, opts);
    this.cache = new aws.cloudfront.CachePolicy(
      `${name}-cache`,
      {
        minTtl: 0,
        defaultTtl: day,
        maxTtl: year,
        parametersInCacheKeyAndForwardedToOrigin: {
          enableAcceptEncodingBrotli: true,
          enableAcceptEncodingGzip: true,
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          queryStringsConfig: { queryStringBehavior: "none" },
        },
      },
      { parent: this },
    );
    this.inline = this.#headers(`${name}-inline`, {});
    this.attachment = this.#headers(`${name}-attachment`, { "content-disposition": "attachment" });
    this.registerOutputs({ cache: this.cache, inline: this.inline, attachment: this.attachment });
  }

  #headers(name: string, custom: Readonly<Record<string, string>>) {
    const items = Object.entries(custom).map(([header, value]) => ({ header, value, override: true }));
    return new aws.cloudfront.ResponseHeadersPolicy(
      name,
      {
        securityHeadersConfig: {
          contentTypeOptions: { override: true },
          strictTransportSecurity: {
            accessControlMaxAgeSec: year,
            includeSubdomains: true,
            override: true,
          },
          contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
          referrerPolicy: { referrerPolicy: "no-referrer", override: true },
        },
        ...(items.length > 0 && { customHeadersConfig: { items } }),
      },
      { parent: this },
    );
  }
}
