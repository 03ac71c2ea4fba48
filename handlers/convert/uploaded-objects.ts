import * as v from "valibot";

/** An object as the S3 event described it. */
export interface UploadedObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
}

const testEvent = v.object({ Event: v.literal("s3:TestEvent") });

const s3Event = v.object({
  Records: v.array(
    v.object({
      s3: v.object({
        bucket: v.object({ name: v.string() }),
        object: v.object({ key: v.string(), size: v.number(), eTag: v.string() }),
      }),
    }),
  ),
});

const messageBody = v.pipe(v.string(), v.parseJson(), v.union([testEvent, s3Event]));

/** S3 encodes keys in events as HTML forms do: percent-encoded, `+` for a space. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

/**
 * The objects a queue message is about: none for the test event S3 sends when a notification is set up.
 *
 * @throws {Error} when the body is no S3 event.
 */
export function uploadedObjects(body: string): readonly UploadedObject[] {
  const event = v.parse(messageBody, body);
  if ("Event" in event) return [];
  return event.Records.map(({ s3: { bucket, object } }) => ({
    bucket: bucket.name,
    key: decodeKey(object.key),
    etag: object.eTag,
    bytes: object.size,
  }));
}
