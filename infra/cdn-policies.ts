import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * The sources that the page may load, all from its own origin. The page itself declares the hosts it may connect to:
 * the API's address is not known here, since the API needs the CDN's.
 */
export const pageContents = {
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' blob: data:",
  "media-src": "blob:",
} as const;

const day = 86_400;
const year = 365 * day;

/** How long the CDN caches objects, and the headers that keep outputs from doing harm in a browser. */
export class CdnPolicies extends pulumi.ComponentResource {
  readonly cache: aws.cloudfront.CachePolicy;
  readonly inline: aws.cloudfront.ResponseHeadersPolicy;
  /** Headers for types that a browser should save instead of open. */
  readonly attachment: aws.cloudfront.ResponseHeadersPolicy;
  /** Headers for the page, where there is one. */
  readonly page: aws.cloudfront.ResponseHeadersPolicy | undefined;

  constructor(name: string, { hasPage }: { hasPage: boolean }, opts?: pulumi.ComponentResourceOptions) {
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
    this.inline = this.#headers(`${name}-inline`, sandboxed);
    this.attachment = this.#headers(`${name}-attachment`, sandboxed, { "content-disposition": "attachment" });
    this.page = hasPage ? this.#headers(`${name}-page`, pageSecurity, pagePermissions) : undefined;
    this.registerOutputs({ cache: this.cache, inline: this.inline, attachment: this.attachment });
  }

  #headers(name: string, contentSecurityPolicy: string, custom: Readonly<Record<string, string>> = {}) {
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
          contentSecurityPolicy: { contentSecurityPolicy, override: true },
          referrerPolicy: { referrerPolicy: "no-referrer", override: true },
        },
        ...(items.length > 0 && { customHeadersConfig: { items } }),
      },
      { parent: this },
    );
  }
}

/** Joins directives into a policy, as HTTP and HTML write it. */
export function contentSecurityPolicy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

/** Browsers show and save outputs, but run nothing in them. */
const sandboxed = "default-src 'none'; sandbox";

const pageSecurity = contentSecurityPolicy({
  ...pageContents,
  "object-src": "'none'",
  "frame-src": "'none'",
  "worker-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
});

/** The page uses the device's camera for taking pictures, and nothing else of the device. */
const pagePermissions = {
  "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
};
