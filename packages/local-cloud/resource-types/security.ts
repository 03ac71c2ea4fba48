import type * as aws from "@pulumi/aws";
import { asUuid, emulated, type ResourceTypes, withoutEffect } from "./resource-type.ts";

/** IAM and KMS. */
export const security = {
  "aws:iam/role:Role": emulated<aws.iam.RoleArgs>(({ physicalName: name, accountId, token }) => ({
    id: name,
    name,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    uniqueId: `AROA${token(17).toUpperCase()}`,
  })),
  "aws:iam/rolePolicy:RolePolicy": emulated<aws.iam.RolePolicyArgs>(({ inputs, physicalName: name }) => ({
    id: `${inputs.role}:${name}`,
    name,
  })),
  "aws:kms/key:Key": withoutEffect(
    "objects and messages are stored unencrypted in the data folder",
    ({ token, arn }) => {
      const keyId = asUuid(token(32));
      return { id: keyId, keyId, arn: arn("kms", `key/${keyId}`) };
    },
  ),
  "aws:kms/keyPolicy:KeyPolicy": withoutEffect(
    "the local cloud encrypts nothing, so no service uses a key",
    ({ inputs }) => ({ id: String(inputs.keyId) }),
  ),
} satisfies ResourceTypes;
