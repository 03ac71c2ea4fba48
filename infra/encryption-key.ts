import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, policyDocument, type Statement } from "./policies.ts";

export interface EncryptionKeyArgs {
  /** What the key encrypts, for whoever finds it in the console. */
  readonly description: string;
  readonly accountId: string;
  /** Services through which the account's roles use the key, such as `s3.eu-central-1.amazonaws.com`. */
  readonly services: readonly string[];
  /** The key cannot be destroyed, since nobody can read what it encrypted without it. */
  readonly protect: boolean;
}

/** What reading and writing through S3, SNS and SQS takes of a key. */
export const useOfKey = ["kms:Decrypt", "kms:GenerateDataKey"];

/** Longest time KMS keeps a deleted key, so that the deletion can be cancelled. */
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
   * Lets AWS services use the key beside the account's roles. To be called once, with all of them: a key has one
   * policy. Whatever needs the services should wait for what is returned.
   */
  admit(services: (keyArn: pulumi.Output<string>) => readonly Statement[]): aws.kms.KeyPolicy {
    const policy = policyDocument(
      ...this.#letAccount(pulumi.interpolate`arn:aws:iam::${this.#args.accountId}:root`),
      ...services(this.arn),
    );
    return new aws.kms.KeyPolicy(
      `${this.#name}-policy`,
      { keyId: this.#key.keyId, policy },
      { parent: this },
    );
  }

  /** The account's IAM policies decide who administers the key, and who uses it, through the services alone. */
  #letAccount(root: pulumi.Output<string>): Statement[] {
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

/** One key for what lies in S3, and one for the messages about it. */
export function stageKeys({ region, ...owner }: { accountId: string; region: string; protect: boolean }) {
  const service = (name: string) => `${name}.${region}.amazonaws.com`;
  return {
    storage: new EncryptionKey("storage-key", {
      description: "Uploads, and what was converted from them",
      services: [service("s3")],
      ...owner,
    }),
    messages: new EncryptionKey("messages-key", {
      description: "Topics and queues of uploads and conversions",
      services: [service("sns"), service("sqs")],
      ...owner,
    }),
  };
}

/** Nothing in it decrypts. Without `PutKeyPolicy` for the account a key can become unmanageable. */
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
