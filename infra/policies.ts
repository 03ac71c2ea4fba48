import * as pulumi from "@pulumi/pulumi";

type Texts = pulumi.Input<string> | pulumi.Input<string>[];

/** One statement of an IAM policy document. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, pulumi.Input<string>>>;
  readonly Action: string | readonly string[];
  readonly Resource?: Texts;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
}

export function policyDocument(...statements: PolicyStatement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

export function allow(actions: readonly string[], resources: Texts): PolicyStatement {
  return { Effect: "Allow", Action: actions, Resource: resources };
}

/** Lets an AWS service act on a resource on behalf of `source.arn` alone. */
export function allowService(
  service: string,
  action: string | readonly string[],
  resource: pulumi.Input<string>,
  source: { arn: Texts; account?: string },
): PolicyStatement {
  return {
    Effect: "Allow",
    Principal: { Service: service },
    Action: action,
    Resource: resource,
    Condition: {
      ArnEquals: { "aws:SourceArn": source.arn },
      ...(source.account && { StringEquals: { "aws:SourceAccount": source.account } }),
    },
  };
}

/** Refuses plain HTTP. */
export function denyInsecureTransport(action: string, resources: Texts): PolicyStatement {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
