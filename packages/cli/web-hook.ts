import { createHash } from "node:crypto";
import { type Cloud, type Graph, isLoopback, type MissedDelivery } from "@henkan/local-cloud";
import { UsageError } from "./command.ts";
import { describeEvent } from "./completion-event.ts";

/** @throws {UsageError} for anything but a URL on this machine */
export function requireLoopback(urls: readonly string[]): void {
  const wrong = urls.find((url) => !isLoopback(url));
  if (wrong === undefined) return;
  throw new UsageError(
    `--webhook accepts a URL on this machine such as http://127.0.0.1:8080/events, not "${wrong}": only deployed stages can notify other hosts (henkan:notify)`,
  );
}

/** Posts every completion event to `url` as SNS does, and returns a line that says so. The receiver is asked to confirm its subscription, but need not. */
export function tell(url: string, graph: Graph, { topics }: Cloud): string {
  const topicArn = String(graph.outputs.conversionsTopicArn);
  const name = createHash("sha256").update(url).digest("hex").slice(0, 12);
  const settings = {
    arn: `${topicArn}:webhook-${name}`,
    topicArn,
    protocol: url.startsWith("https:") ? "https" : "http",
    endpoint: url,
    rawDelivery: false,
    filterScope: "MessageAttributes",
  } as const;
  topics.subscribe(settings, { trusted: true });
  return `Completion events of ${topicArn} go to ${url}`;
}

/** Returns one line for a message that a subscriber did not get. */
export function describeMissed({ subscription: { endpoint }, publication, failure }: MissedDelivery): string {
  if (!publication) return `${endpoint} was not asked to confirm its subscription: ${failure}`;
  const { attributes = {}, message, topicArn } = publication;
  const event = attributes.state ? describeEvent(message) : `a message of ${topicArn.split(":").at(-1)}`;
  return failure === undefined
    ? `would have told ${endpoint}: ${event}`
    : `could not tell ${endpoint} (${failure}): ${event}`;
}
