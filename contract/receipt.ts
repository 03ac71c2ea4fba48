import * as v from "valibot";

const byteCount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const common = {
  uploadId: v.string(),
  variant: v.string(),
  converter: v.string(),
  /** The upload that the variant was made of; `etag` is without its quotes. */
  source: v.object({ etag: v.string(), bytes: byteCount }),
  /** The `settingsHash` of the converter and the variant's options. */
  settings: v.string(),
  /** The end of the conversion, ISO 8601 in UTC. */
  at: v.pipe(v.string(), v.isoTimestamp()),
};

/** The schema of the receipt of a variant that was made. */
export const readyReceipt = v.object({
  ...common,
  state: v.literal("ready"),
  /** Path on the CDN, without the leading slash and not URL-encoded. */
  path: v.string(),
  contentType: v.string(),
  bytes: byteCount,
  /** Pixels, pictures only. */
  width: v.optional(pixels),
  height: v.optional(pixels),
});

/** The schema of the receipt of a variant that cannot be made. `code` is one of `permanentErrorCodes` of its version. */
export const failedReceipt = v.object({
  ...common,
  state: v.literal("failed"),
  error: v.object({ code: v.string(), message: v.string() }),
});

const receipt = v.variant("state", [readyReceipt, failedReceipt]);
const receiptText = v.pipe(v.string(), v.parseJson(), receipt);

export type ReadyReceipt = v.InferOutput<typeof readyReceipt>;
export type FailedReceipt = v.InferOutput<typeof failedReceipt>;

/** The outcome of one variant of one upload: the output, or the reason why there is none. */
export type Receipt = v.InferOutput<typeof receipt>;

/** The reasons why a stored text is not a receipt. */
export interface UnreadableReceipt {
  readonly unreadable: string;
}

/** Reads the text of a receipt object. */
export function parseReceipt(text: string): Receipt | UnreadableReceipt {
  const result = v.safeParse(receiptText, text);
  return result.success ? result.output : { unreadable: v.summarize(result.issues) };
}
