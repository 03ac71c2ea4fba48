import { randomUUID } from "node:crypto";
import { entriesOf, parameter, type SnsCall, SnsError } from "./call.ts";
import type { FilterPolicy } from "./filter-policy.ts";
import type { Protocol, SubscriptionSettings } from "./subscription.ts";
import { isLoopback } from "./web-hooks.ts";

const pending = "pending confirmation";
const protocols: readonly string[] = ["sqs", "http", "https"] satisfies Protocol[];

export function subscribe(call: SnsCall): object {
  const topicArn = parameter(call, "TopicArn");
  const protocol = parameter(call, "Protocol");
  const endpoint = parameter(call, "Endpoint");
  call.require("Subscribe", topicArn, { snsEndpoint: endpoint, snsProtocol: protocol });
  requireTopic(call, topicArn);
  if (!isProtocol(protocol)) {
    throw invalid(
      "Protocol",
      `the local SNS supports the protocols ${protocols.join(", ")}, not ${protocol}`,
    );
  }
  if (protocol === "sqs" && !/^arn:aws:sqs:/.test(endpoint)) throw invalid("SQS endpoint ARN", endpoint);
  if (protocol !== "sqs" && !(isLoopback(endpoint) && endpoint.startsWith(`${protocol}:`))) {
    throw invalid(
      "Endpoint",
      `the local SNS posts only to ${protocol} URLs on this machine, not to ${endpoint}`,
    );
  }
  const attributes = new Map(
    entriesOf(call, "Attributes.entry").map((entry) => [entry.get("key") ?? "", entry.get("value") ?? ""]),
  );
  const settings = settingsFrom(topicArn, protocol, endpoint, attributes);
  const existing = call.topics.subscriptionsOf(topicArn).find((each) => each.endpoint === endpoint);
  if (existing) {
    if (sameSettings(existing, settings)) return { SubscriptionArn: existing.arn };
    throw invalid("Attributes", "Reason: Subscription already exists with different attributes");
  }
  subscribeTo(call, settings);
  const returnsArn = protocol === "sqs" || call.parameters.get("ReturnSubscriptionArn") === "true";
  return { SubscriptionArn: returnsArn ? settings.arn : pending };
}

export function confirmSubscription(call: SnsCall): object {
  const topicArn = parameter(call, "TopicArn");
  const token = parameter(call, "Token");
  if (call.principal !== undefined) call.require("ConfirmSubscription", topicArn);
  requireTopic(call, topicArn);
  const subscription = call.topics.confirm(topicArn, token);
  if (!subscription) throw invalid("Token", "no subscription waits for this token");
  return { SubscriptionArn: subscription.arn };
}

export function unsubscribe(call: SnsCall): object {
  const arn = parameter(call, "SubscriptionArn");
  if (call.principal !== undefined) call.require("Unsubscribe", topicOf(arn));
  call.topics.unsubscribe(arn);
  return {};
}

export function listSubscriptionsByTopic(call: SnsCall): object {
  const topicArn = parameter(call, "TopicArn");
  call.require("ListSubscriptionsByTopic", topicArn);
  requireTopic(call, topicArn);
  const member = call.topics.subscriptionsOf(topicArn).map(({ arn, protocol, endpoint, isPending }) => ({
    SubscriptionArn: isPending ? "PendingConfirmation" : arn,
    Owner: topicArn.split(":")[4],
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  }));
  return { Subscriptions: member.length > 0 ? { member } : "" };
}

function subscribeTo({ topics }: SnsCall, settings: SubscriptionSettings): void {
  try {
    topics.subscribe(settings);
  } catch (error) {
    throw invalid("FilterPolicy", (error as Error).message);
  }
}

function settingsFrom(
  topicArn: string,
  protocol: Protocol,
  endpoint: string,
  attributes: ReadonlyMap<string, string>,
): SubscriptionSettings {
  const known = ["RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"];
  const unknown = [...attributes.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid("Attributes", `the local SNS does not support ${unknown}`);
  const filterPolicy = objectIn(attributes, "FilterPolicy");
  const redrive = objectIn(attributes, "RedrivePolicy");
  return {
    arn: `${topicArn}:${randomUUID()}`,
    topicArn,
    protocol,
    endpoint,
    rawDelivery: attributes.get("RawMessageDelivery") === "true",
    filterScope: attributes.get("FilterPolicyScope") === "MessageBody" ? "MessageBody" : "MessageAttributes",
    ...(filterPolicy && { filterPolicy: filterPolicy as FilterPolicy }),
    ...(redrive && { deadLetterQueueArn: String(redrive.deadLetterTargetArn) }),
  };
}

function objectIn(
  attributes: ReadonlyMap<string, string>,
  name: string,
): Record<string, unknown> | undefined {
  const text = attributes.get(name);
  if (text === undefined || text === "") return undefined;
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    throw invalid(name, (error as Error).message);
  }
}

function sameSettings(existing: SubscriptionSettings, wanted: SubscriptionSettings): boolean {
  const comparable = ({ rawDelivery, filterScope, filterPolicy, deadLetterQueueArn }: SubscriptionSettings) =>
    JSON.stringify([rawDelivery, filterScope, filterPolicy, deadLetterQueueArn]);
  return comparable(existing) === comparable(wanted);
}

function requireTopic({ topics }: SnsCall, topicArn: string): void {
  if (!topics.has(topicArn)) throw new SnsError(404, "NotFound", "Topic does not exist");
}

const isProtocol = (protocol: string): protocol is "sqs" | "http" | "https" => protocols.includes(protocol);
const topicOf = (subscriptionArn: string) => subscriptionArn.split(":").slice(0, 6).join(":");
const invalid = (name: string, reason: string) =>
  new SnsError(400, "InvalidParameter", `Invalid parameter: ${name} ${reason}`);
