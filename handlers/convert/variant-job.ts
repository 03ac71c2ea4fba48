import { outputPath, type UploadKey } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";
import type { UploadedObject } from "../../contract/s3-event.ts";
import type { Conversion, Variant } from "../../converters/converter.ts";
import { ConversionError } from "../../converters/errors.ts";
import type { Announce } from "./completion-topic.ts";
import type { Outputs } from "./outputs.ts";

/** One variant to make of one upload. */
export interface VariantJob<Options = unknown> {
  readonly upload: UploadKey;
  readonly object: UploadedObject;
  readonly converter: string;
  readonly variant: Variant<Options>;
  /** The `settingsHash` of the converter and the variant's options. */
  readonly settings: string;
}

/** The parts of the program that `jobFinisher` calls. */
export interface FinishDependencies {
  readonly outputs: Outputs;
  readonly announce: Announce;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Returns true when `receipt` shows that the job's bytes were converted with the job's settings. */
export function isDone({ object, settings }: VariantJob, receipt: Receipt | undefined): boolean {
  return (
    receipt !== undefined &&
    receipt.settings === settings &&
    receipt.source.etag === object.etag &&
    receipt.source.bytes === object.bytes
  );
}

/**
 * Returns a function that publishes one conversion: it writes the output, then announces it, then writes the receipt. The
 * receipt comes last, so a crash in between makes the variant again and never loses it.
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
