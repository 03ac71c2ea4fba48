import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, type PolicyStatement, policyDocument } from "./policies.ts";

export interface EncryptionKeyArgs {
  /** The description in the AWS console: the things that the key encrypts. */
  readonly description: string;
  /** The account whose IAM policies govern the key. */
  readonly accountId: string;
  /** Services through which the account's roles use the key, such as `s3.eu-central-1.amazonaws.com`. */
  readonly services: readonly string[];
  /** Protects the key from being destroyed: without it, everything it encrypted is lost. */
  readonly protect: boolean;
}

/** The actions on a key that a role needs to read and write through S3, SNS and SQS. */
export const useOfKey = ["kms:Decrypt", "kms:GenerateDataKey"];

/** The longest time that KMS keeps a deleted key. Until then the deletion can be cancelled. */
const deletionWindowInDays = 30;

/** A customer managed key that rotates every year. */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly #name: string;
  readonly #args: EncryptionKeyArgs;
  readonly #key: aws.kms.Key;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:encryption:EncryptionKey", name, {}, opts);
    const { description, protect } = args;
    this.#name = name;
    this.#args = args;
    this.#key = new aws.kms.Key(
      name,
      { description, enableKeyRotation: true, deletionWindowInDays },
      { parent: this, protect },
    );
    this.arn = this.#key.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /**
   * Makes the key's policy, which lets AWS services use the key in addition to the account's roles. A key has one
   * policy, so call this once, with the statements of all services. Pass the returned policy to `dependsOn` of every
   * resource that relies on these grants.
   */
  admit(services: readonly PolicyStatement[]): aws.kms.KeyPolicy {
    const policy = policyDocument(
      ...this.#letAccount(pulumi.interpolate`arn:aws:iam::${this.#args.accountId}:root`),
      ...services,
    );
    return new aws.kms.KeyPolicy(
      `${this.#name}-policy`,
      { keyId: this.#key.keyId, policy },
      { parent: this },
    );
  }

  /** Lets the account's IAM policies decide who administers the key, and who uses it through the services. */
  #letAccount(root: pulumi.Output<string>): PolicyStatement[] {
    const Principal = { AWS: root };
    return [
      { Sid: "AdministeredByAccount", Principal, ...allow(administration, this.arn) },
      {
        Sid: "UsedByRolesOfAccount",
        Principal,
        ...allow(useOfKey, this.arn),
        Condition: { StringEquals: { "kms:ViaService": [...this.#args.services] } },
      },
    ];
  }
}

/** Makes one key for the objects in S3 and one for the messages about them. */
export function encryptionKeys(
  name: string,
  { region, ...owner }: { accountId: string; region: string; protect: boolean },
  opts: pulumi.ComponentResourceOptions,
) {
  const service = (id: string) => `${id}.${region}.amazonaws.com`;
  return {
    storage: new EncryptionKey(
      `${name}-storage-key`,
      { description: "Uploads, and what was converted from them", services: [service("s3")], ...owner },
      opts,
    ),
    messages: new EncryptionKey(
      `${name}-messages-key`,
      {
        description: "Topics and queues of uploads and conversions",
        services: [service("sns"), service("sqs")],
        ...owner,
      },
      opts,
    ),
  };
}

/** None of these actions decrypts. Without `PutKeyPolicy` for the account, a key can become unmanageable. */
const administration = [
  "kms:CancelKeyDeletion",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateKeyDescription",
];
