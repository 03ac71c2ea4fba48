import { type ResourceTypes, withoutEffect } from "./resource-type.ts";

const noAccessLog = "the local CDN writes no access log";

/** CloudWatch and X-Ray. */
export const observability = {
  "aws:cloudwatch/dashboard:Dashboard": withoutEffect(
    "metrics stay in the functions' logs",
    ({ inputs, accountId }) => ({
      id: String(inputs.dashboardName),
      dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${inputs.dashboardName}`,
    }),
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": withoutEffect(
    "metrics stay in the functions' logs",
    ({ physicalName: name, arn }) => ({ id: name, name, arn: arn("cloudwatch", `alarm:${name}`) }),
  ),
  "aws:cloudwatch/logGroup:LogGroup": withoutEffect(
    "the logs of functions go to `onLog`",
    ({ physicalName: name, arn }) => ({ id: name, name, arn: arn("logs", `log-group:${name}`) }),
  ),
  "aws:cloudwatch/logDelivery:LogDelivery": withoutEffect(noAccessLog, ({ token, arn }) => ({
    id: token(16),
    arn: arn("logs", `delivery:${token(16)}`),
  })),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": withoutEffect(
    noAccessLog,
    ({ physicalName: name, arn }) => ({ id: name, name, arn: arn("logs", `delivery-destination:${name}`) }),
  ),
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": withoutEffect(
    noAccessLog,
    ({ physicalName: name, arn }) => ({ id: name, name, arn: arn("logs", `delivery-source:${name}`) }),
  ),
  "aws:xray/resourcePolicy:ResourcePolicy": withoutEffect("the local cloud traces nothing", ({ inputs }) => ({
    id: String(inputs.policyName),
  })),
} satisfies ResourceTypes;
