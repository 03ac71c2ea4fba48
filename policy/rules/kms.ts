import type { AnyRule } from "../rule.ts";
import { hasPolicy, policyTypes, refusesEveryone } from "./resource-policies.ts";

const key = "aws:kms/key:Key";

export const kmsRules: readonly AnyRule[] = [
  {
    name: "kms-rotation",
    controls: ["KMS.4", "CKV_AWS_7"],
    description: "Customer managed keys rotate",
    remedy: "Set enableKeyRotation.",
    types: [key],
    violations: ({ props }) => (props.enableKeyRotation === true ? [] : ["does not rotate"]),
  },
  hasPolicy({ name: "kms-has-policy", controls: ["Henkan.KMS.1"] }, key, policyTypes.key),
  refusesEveryone({ name: "kms-not-public", controls: ["KMS.5", "CKV_AWS_33"] }, [key, policyTypes.key.type]),
];
