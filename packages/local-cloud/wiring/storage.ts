import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ProgramError } from "../errors.ts";
import type { AssetPath, Declared, Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import type { BucketSettings, CreatedObject } from "../s3/server.ts";
import type { Topics } from "../sns/topics.ts";
import { type Localise, localOrigins } from "./addresses.ts";

type Notification = Declared<"aws:s3/bucketNotification:BucketNotification">;

/** Returns the declared buckets by name, with their CORS and lifecycle rules. */
export function bucketSettings(graph: Graph, localise: Localise): ReadonlyMap<string, BucketSettings> {
  return new Map(
    graph.all("aws:s3/bucket:Bucket").map(({ id, output }) => {
      const cors = graph.byId("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", id);
      const lifecycle = graph.byId("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", id);
      return [
        output("bucket"),
        {
          corsRules: (cors?.inputs.corsRules ?? []).map((rule) => ({
            ...rule,
            allowedOrigins: localOrigins(rule.allowedOrigins, localise),
          })),
          lifecycleRules: lifecycle?.inputs.rules ?? [],
        },
      ];
    }),
  );
}

/** Stores the objects that the program declares: files unchanged, and texts with local addresses in place of AWS's. */
export async function putDeclaredObjects(
  graph: Graph,
  store: ObjectStore,
  localise: Localise,
): Promise<void> {
  for (const { inputs } of graph.all("aws:s3/bucketObjectv2:BucketObjectv2")) {
    const file = inputs.source as unknown as AssetPath | undefined;
    const body = file ? await readFile(file.path) : Buffer.from(localise(inputs.content ?? ""));
    await store.put(String(inputs.bucket), String(inputs.key), body, {
      contentType: inputs.contentType ?? "binary/octet-stream",
      metadata: {},
      ...(inputs.cacheControl && { cacheControl: inputs.cacheControl }),
    });
  }
}

/**
 * Sends S3's test event to the topic of every declared notification. Returns a function that publishes the events of a
 * new object.
 *
 * @throws {AccessDeniedError} when a bucket may not publish to its topic, because S3 refuses such a notification
 */
export function bucketNotifications(
  graph: Graph,
  topics: Topics,
  permissions: Permissions,
): (created: CreatedObject) => void {
  const notifications = graph.all("aws:s3/bucketNotification:BucketNotification");
  for (const notification of notifications) {
    requirePublish(graph, notification, permissions);
    sendTestEvent(notification, topics);
  }
  return (created) => {
    for (const { inputs } of notifications.filter(({ inputs }) => inputs.bucket === created.bucket)) {
      for (const { topicArn, events, filterPrefix = "", filterSuffix = "" } of inputs.topics ?? []) {
        const { key } = created.object;
        const wanted = events.some((event) => matchesEvent(event, created.eventName));
        if (wanted && key.startsWith(filterPrefix) && key.endsWith(filterSuffix)) {
          topics.publish({
            topicArn,
            subject: "Amazon S3 Notification",
            message: JSON.stringify({ Records: [eventRecord(graph, created)] }),
          });
        }
      }
    }
  };
}

function requirePublish(
  { accountId: sourceAccount }: Graph,
  { name, inputs }: Notification,
  permissions: Permissions,
): void {
  for (const { topicArn: resource } of inputs.topics ?? []) {
    const sourceArn = `arn:aws:s3:::${inputs.bucket}`;
    permissions.require(
      { principal: "s3.amazonaws.com", action: "sns:Publish", resource, sourceArn, sourceAccount },
      `${name}: unable to validate the destination of the bucket's notifications`,
    );
  }
}

function sendTestEvent({ name, inputs }: Notification, topics: Topics): void {
  if (inputs.queues?.length || inputs.lambdaFunctions?.length || inputs.eventbridge) {
    throw new ProgramError(`${name}: the local S3 notifies topics only`);
  }
  for (const { topicArn } of inputs.topics ?? []) {
    const message = {
      Service: "Amazon S3",
      Event: "s3:TestEvent",
      Time: new Date().toISOString(),
      Bucket: inputs.bucket,
    };
    topics.publish({ topicArn, message: JSON.stringify(message) });
  }
}

/** Returns true when a declared event, such as `s3:ObjectCreated:*`, includes an event. */
function matchesEvent(declaredEvent: string, eventName: string): boolean {
  const event = declaredEvent.replace(/^s3:/, "");
  return event.endsWith("*") ? eventName.startsWith(event.slice(0, -1)) : event === eventName;
}

/** Returns the record of an event, https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html. */
function eventRecord(
  { region }: Graph,
  { bucket, object, eventName, requestId, sourceIp, principalId }: CreatedObject,
) {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: region,
    eventTime: object.lastModified.toISOString(),
    eventName,
    userIdentity: { principalId },
    requestParameters: { sourceIPAddress: sourceIp },
    responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": randomUUID() },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "local",
      bucket: { name: bucket, ownerIdentity: { principalId }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeKey(object.key),
        size: object.bytes,
        eTag: object.etag,
        sequencer: object.lastModified.getTime().toString(16).toUpperCase().padStart(16, "0"),
      },
    },
  };
}

/** Encodes a key as S3 does in events: as a form, with `+` for a space, but with its slashes. */
export function encodeKey(key: string): string {
  return new URLSearchParams([["", key]]).toString().slice(1).replaceAll("%2F", "/");
}
