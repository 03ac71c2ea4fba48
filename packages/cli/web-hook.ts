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

/**
 * Subscribes `url` to the completion events, which are then posted to it as SNS does. The receiver gets a request to
 * confirm its subscription, but the events arrive without its answer.
 *
 * @returns a line for people with the topic and the URL
 */
export function subscribeWebHook(url: string, graph: Graph, { topics }: Cloud): string {
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
  if (!publication)
    return `the request to confirm its subscription was not delivered to ${endpoint} (${failure})`;
  const { attributes = {}, message, topicArn } = publication;
  const event = attributes.state ? describeEvent(message) : `a message of ${topicArn.split(":").at(-1)}`;
  return failure === undefined
    ? `not sent to ${endpoint}, which only a deployed stage notifies: ${event}`
    : `not delivered to ${endpoint} (${failure}): ${event}`;
}
