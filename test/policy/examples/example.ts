import type { Resource } from "../../../policy/resource.ts";

/** A rule, resources that break it, the violations that it reports, and the same resources corrected. */
export interface Example {
  readonly rule: string;
  readonly broken: readonly Resource[];
  /** The first part of each message, up to the controls. */
  readonly says: readonly string[];
  readonly sound: readonly Resource[];
}

/** Returns a resource of a type such as `s3/Bucket`, in the stage `example`. */
export function resource(type: string, name: string, props: object): Resource {
  const [module, kind = ""] = type.split("/");
  const token = `aws:${module}/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  return { type: token, name, urn: `urn:pulumi:example::henkan::${token}::${name}`, props: { ...props } };
}

/** Returns a policy document. Each statement has the effect Allow unless it names another. */
export function document(...statements: readonly object[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
}

export function denyPlainHttp(Action: string, Resource: string | readonly string[]): object {
  return {
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
