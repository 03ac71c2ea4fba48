import { asList } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const alarms = ["aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"];
const year = 365;

export const logsRules: readonly AnyRule[] = [
  {
    name: "logs-retention",
    controls: ["CKV_AWS_66"],
    description: "Log groups declare how long they keep events",
    remedy: "Set retentionInDays.",
    types: [logGroup],
    violations: ({ props }) => (Number(props.retentionInDays) > 0 ? [] : ["keeps its events for ever"]),
  },
  {
    name: "logs-one-year",
    controls: ["CloudWatch.16", "CKV_AWS_338"],
    description: "Log groups keep events for at least a year",
    remedy: `Set henkan:logRetentionDays to at least ${year} in the stage's file.`,
    types: [logGroup],
    violations: ({ props: { retentionInDays } }) =>
      Number(retentionInDays) < year ? [`keeps its events for ${retentionInDays} days`] : [],
  },
  {
    name: "logs-customer-key",
    controls: ["CKV_AWS_158"],
    description: "Log groups are encrypted with AWS KMS keys",
    remedy: "Set kmsKeyId; CloudWatch Logs encrypts with its own keys otherwise.",
    types: [logGroup],
    enforcement: "advisory",
    violations: ({ props }) => (props.kmsKeyId ? [] : ["has no KMS key"]),
  },
  {
    name: "alarms-act",
    controls: ["CloudWatch.15", "CloudWatch.17", "CKV_AWS_319"],
    description: "Alarms have an action",
    remedy: "Set alarmActions, and leave actionsEnabled on.",
    types: alarms,
    violations: ({ props: { alarmActions, actionsEnabled } }) =>
      asList(alarmActions).length > 0 && actionsEnabled !== false ? [] : ["has no enabled action"],
  },
];
