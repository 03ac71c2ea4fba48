import * as v from "valibot";
import { logger } from "../observability.ts";

/** What an event of our own says beside what S3 says, as `henkan` of a record: S3's never have it. */
export interface ConversionRequest {
  /** Names of the variants to make, of all converters; the others are left as they are. */
  readonly variants: readonly string[];
}

/** An object as the S3 event described it. */
export interface UploadedObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
  /** Names of the variants to make, of all converters; absent when all are wanted, as after an upload. */
  readonly variants?: readonly string[];
}

const testEvent = v.object({ Event: v.literal("s3:TestEvent") });

const conversionRequest = v.object({ variants: v.array(v.unknown()) });
const variantName = v.pipe(v.string(), v.nonEmpty());

const s3Event = v.object({
  Records: v.array(
    v.object({
      henkan: v.optional(v.unknown()),
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
 * The wanted variants of a record's `henkan`. What cannot be understood is left out and logged: an upload of which too
 * much is made again costs less than a message that goes round until it is a dead letter.
 */
function requested(key: string, request: unknown): Partial<ConversionRequest> {
  if (request === undefined) return {};
  const result = v.safeParse(conversionRequest, request);
  if (!result.success) {
    const issues = v.summarize(result.issues);
    logger.warn("Every variant is taken for wanted", { result: "unreadable-request", key, issues });
    return {};
  }
  const variants = result.output.variants.filter((name) => v.is(variantName, name));
  const ignored = result.output.variants.length - variants.length;
  if (ignored > 0) {
    logger.warn("What is no variant's name is ignored", { result: "unreadable-request", key, ignored });
  }
  return { variants };
}

/**
 * The objects a queue message is about: none for the test event S3 sends when a notification is set up.
 *
 * @throws {Error} when the body is no S3 event.
 */
export function uploadedObjects(body: string): readonly UploadedObject[] {
  const event = v.parse(messageBody, body);
  if ("Event" in event) return [];
  return event.Records.map(({ s3: { bucket, object }, henkan }) => {
    const key = decodeKey(object.key);
    return { bucket: bucket.name, key, etag: object.eTag, bytes: object.size, ...requested(key, henkan) };
  });
}
