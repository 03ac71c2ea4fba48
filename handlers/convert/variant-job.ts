import { outputPath, type UploadKey } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";
import type { UploadedObject } from "../../contract/s3-event.ts";
import type { Conversion, Variant } from "../../converters/converter.ts";
import { ConversionError } from "../../converters/errors.ts";
import type { Announce } from "./completion-topic.ts";
import type { Outputs } from "./outputs.ts";

/** One variant to be made of one upload. */
export interface VariantJob<Options = unknown> {
  readonly upload: UploadKey;
  readonly object: UploadedObject;
  readonly converter: string;
  readonly variant: Variant<Options>;
  /** See `settingsHash`. */
  readonly settings: string;
}

export interface FinishDependencies {
  readonly outputs: Outputs;
  readonly announce: Announce;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Whether `receipt` shows that these bytes have been through these settings. */
export function isDone({ object, settings }: VariantJob, receipt: Receipt | undefined): boolean {
  return (
    receipt !== undefined &&
    receipt.settings === settings &&
    receipt.source.etag === object.etag &&
    receipt.source.bytes === object.bytes
  );
}

/**
 * Brings one conversion out: the output is written first, then the event published, then the receipt written.
 * A receipt stands for all three, so that a crash in between repeats the variant and never loses it.
 */
export function jobFinisher({ outputs, announce, now }: FinishDependencies) {
  const common = ({ upload, object, converter, variant, settings }: VariantJob) => ({
    uploadId: upload.uploadId,
    variant: variant.name,
    converter,
    source: { etag: object.etag, bytes: object.bytes },
    settings,
    at: new Date(now()).toISOString(),
  });

  function failed(job: VariantJob, { code, message }: ConversionError): Receipt {
    return { ...common(job), state: "failed", error: { code, message } };
  }

  async function store(job: VariantJob, conversion: Conversion): Promise<Receipt> {
    if ("error" in conversion) return failed(job, conversion.error);
    const { output } = conversion;
    const { type, width, height } = output;
    const path = outputPath(job.upload, job.variant.name, type);
    try {
      const bytes = await outputs.write(path, output);
      return { ...common(job), state: "ready", path, contentType: type.contentType, bytes, width, height };
    } catch (error) {
      if (error instanceof ConversionError) return failed(job, error);
      throw error;
    }
  }

  return async (job: VariantJob, conversion: Conversion): Promise<Receipt> => {
    const receipt = await store(job, conversion);
    await announce(receipt);
    await outputs.writeReceipt(receipt);
    return receipt;
  };
}
