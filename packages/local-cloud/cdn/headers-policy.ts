/** The inputs of `aws.cloudfront.ResponseHeadersPolicy` that the local CDN supports. */
export interface ResponseHeadersPolicy {
  readonly customHeadersConfig?: { readonly items?: readonly { header: string; value: string }[] };
  readonly securityHeadersConfig?: {
    readonly contentSecurityPolicy?: { readonly contentSecurityPolicy: string };
    readonly contentTypeOptions?: object;
    readonly frameOptions?: { readonly frameOption: string };
    readonly referrerPolicy?: { readonly referrerPolicy: string };
    readonly strictTransportSecurity?: {
      readonly accessControlMaxAgeSec: number;
      readonly includeSubdomains?: boolean;
      readonly preload?: boolean;
    };
  };
  readonly corsConfig?: { readonly accessControlAllowOrigins: { readonly items: readonly string[] } };
}

/** Returns the headers that a policy adds to every response. */
export function headersOf(policy: ResponseHeadersPolicy | undefined): Record<string, string> {
  const security = policy?.securityHeadersConfig;
  const transport = security?.strictTransportSecurity;
  const origins = policy?.corsConfig?.accessControlAllowOrigins.items ?? [];
  const headers = {
    "content-security-policy": security?.contentSecurityPolicy?.contentSecurityPolicy,
    "x-content-type-options": security?.contentTypeOptions && "nosniff",
    "x-frame-options": security?.frameOptions?.frameOption,
    "referrer-policy": security?.referrerPolicy?.referrerPolicy,
    "strict-transport-security":
      transport &&
      `max-age=${transport.accessControlMaxAgeSec}${transport.includeSubdomains ? "; includeSubDomains" : ""}${transport.preload ? "; preload" : ""}`,
    "access-control-allow-origin": origins.includes("*") ? "*" : undefined,
  };
  const custom = (policy?.customHeadersConfig?.items ?? []).map(
    ({ header, value }) => [header.toLowerCase(), value] as const,
  );
  const present = Object.entries(headers).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries([...present, ...custom]);
}
