import * as v from "valibot";

const byteCount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const common = {
  uploadId: v.string(),
  variant: v.string(),
  converter: v.string(),
  /** The upload this was made of; `etag` is without its quotes. */
  source: v.object({ etag: v.string(), bytes: byteCount }),
  /** See `settingsHash`. */
  settings: v.string(),
  at: v.pipe(v.string(), v.isoTimestamp()),
};

const readyReceipt = v.object({
  ...common,
  state: v.literal("ready"),
  /** Path on the CDN, without the leading slash and not URL-encoded. */
  path: v.string(),
  contentType: v.string(),
  bytes: byteCount,
  width: v.optional(pixels),
  height: v.optional(pixels),
});

const failedReceipt = v.object({
  ...common,
  state: v.literal("failed"),
  error: v.object({ code: v.string(), message: v.string() }),
});

export const receiptSchema = v.variant("state", [readyReceipt, failedReceipt]);

export type ReadyReceipt = v.InferOutput<typeof readyReceipt>;
export type FailedReceipt = v.InferOutput<typeof failedReceipt>;

/** What became of one variant of one upload: made, or impossible to make. */
export type Receipt = v.InferOutput<typeof receiptSchema>;

/** What subscribers of the conversions topic are told: the receipt, with where the output can be had. */
export type CompletionEvent = (ReadyReceipt & { readonly url: string }) | FailedReceipt;
