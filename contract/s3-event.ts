import * as v from "valibot";

/**
 * The `henkan` field that our own events add to a record: it limits the conversion to some variants. S3's events do not
 * have it and want every variant.
 */
export interface ConversionRequest {
  /** Names of the wanted variants, of all converters. */
  readonly variants: readonly string[];
}

/** An object in the uploads bucket, as an event describes it. */
export interface UploadedObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
}

/** One record of an event. */
export interface S3EventRecord {
  readonly object: UploadedObject;
  /** The record's `henkan` field, unchecked; see `parseConversionRequest`. Undefined in S3's own events. */
  readonly request: unknown;
}

/** Facts that all records of an event share. */
export interface EventOrigin {
  /** The service or command that sends the event: `aws:s3`, or a name of ours such as `henkan:backfill`. */
  readonly source: string;
  /** For example `ObjectCreated:Put`. */
  readonly name: string;
  readonly region: string;
  readonly time: Date;
}

/** Encodes an object's key as S3 does in events: like an HTML form, so a space becomes `+`, but with slashes kept. */
export function encodeEventKey(key: string): string {
  return new URLSearchParams([["", key]]).toString().slice(1).replaceAll("%2F", "/");
}

/** @throws {URIError} when the key is not encoded */
function decodeEventKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", " "));
}

/**
 * Builds the event of one upload. It has the fields that the subscriptions' filters and the converters read; see
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html.
 *
 * @param request the wanted variants; absent when all of them are
 */
export function uploadEvent(
  { bucket, key, etag, bytes }: UploadedObject,
  { source, name, region, time }: EventOrigin,
  request?: ConversionRequest,
) {
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: source,
        awsRegion: region,
        eventTime: time.toISOString(),
        eventName: name,
        s3: {
          s3SchemaVersion: "1.0",
          bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          object: { key: encodeEventKey(key), size: bytes, eTag: etag },
        },
        ...(request && { henkan: request }),
      },
    ],
  };
}

const encodedKey = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return decodeEventKey(dataset.value);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      addIssue({ message: `Expected an encoded key but received ${JSON.stringify(dataset.value)}` });
      return NEVER;
    }
  }),
);

const eventRecord = v.object({
  henkan: v.optional(v.unknown()),
  s3: v.object({
    bucket: v.object({ name: v.string() }),
    object: v.object({ key: encodedKey, size: v.number(), eTag: v.string() }),
  }),
});

/** S3 sends this event once, when a notification is set up. It names no object. */
const testEvent = v.object({ Event: v.literal("s3:TestEvent") });

/** The schema of a message body with an S3 event. Its output is the list of records, which is empty for `s3:TestEvent`. */
export const s3EventText = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([testEvent, v.object({ Records: v.array(eventRecord) })]),
  v.transform((event): readonly S3EventRecord[] => {
    if ("Event" in event) return [];
    return event.Records.map(({ s3: { bucket, object }, henkan }) => ({
      object: { bucket: bucket.name, key: object.key, etag: object.eTag, bytes: object.size },
      request: henkan,
    }));
  }),
);

const variantName = v.pipe(v.string(), v.nonEmpty());
const conversionRequest = v.object({ variants: v.array(v.unknown()) });

/** A request that could be read; `ignored` counts the items in its list that are not names. */
export interface ReadRequest extends ConversionRequest {
  readonly ignored: number;
}

/** The reasons why a record's `henkan` field is not a request. */
export interface UnreadableRequest {
  readonly unreadable: string;
}

/** Reads a record's `henkan` field. */
export function parseConversionRequest(request: unknown): ReadRequest | UnreadableRequest {
  const result = v.safeParse(conversionRequest, request);
  if (!result.success) return { unreadable: v.summarize(result.issues) };
  const given = result.output.variants;
  const variants = given.filter((name) => v.is(variantName, name));
  return { variants, ignored: given.length - variants.length };
}
