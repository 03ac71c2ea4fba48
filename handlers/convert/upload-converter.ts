import { parseUploadKey } from "../../contract/keys.ts";
import { settingsHash } from "../../contract/settings-hash.ts";
import type { Conversion, Convert, Source, Variant } from "../../converters/converter.ts";
import { ConversionError } from "../../converters/errors.ts";
import { logger } from "../observability.ts";
import type { ConversionMetrics } from "./conversion-metrics.ts";
import type { RequestedUpload } from "./requested-uploads.ts";
import { SourceGoneError, type Uploads } from "./uploads.ts";
import { type FinishDependencies, isDone, jobFinisher, type VariantJob } from "./variant-job.ts";

/** The parts of the program that `uploadConverter` calls. */
export interface UploadConverterDependencies<Options> extends FinishDependencies {
  readonly converter: string;
  readonly variants: readonly Variant<Options>[];
  readonly convert: Convert<Options>;
  readonly uploads: Uploads;
  readonly metrics: ConversionMetrics;
}

/**
 * Returns a function that makes the variants of one upload: those that the event wants and the receipts do not show as made.
 *
 * The function resolves when the event can be acknowledged. That includes uploads that cannot be converted, which their
 * receipts record, and uploads that no longer exist. It rejects when the event must be retried.
 */
export function uploadConverter<Options>(dependencies: UploadConverterDependencies<Options>) {
  const { converter, convert, uploads, outputs, metrics, now } = dependencies;
  const finish = jobFinisher(dependencies);
  const declared = dependencies.variants.map((variant) => ({
    variant,
    settings: settingsHash(converter, variant.options),
  }));

  /** Returns this converter's wanted variants. The others in the event belong to other converters, or left the stage. */
  function wanted({ variants }: RequestedUpload, uploadId: string): typeof declared {
    if (!variants) return declared;
    const others = variants.filter((name) => !declared.some(({ variant }) => variant.name === name));
    if (others.length > 0) {
      const result = "not-of-this-converter";
      logger.info("Other converters make these variants", { converter, uploadId, result, variants: others });
    }
    return declared.filter(({ variant }) => variants.includes(variant.name));
  }

  async function outstanding(object: RequestedUpload): Promise<VariantJob<Options>[]> {
    const upload = parseUploadKey(object.key);
    if (!upload) {
      logger.warn("The key is not the key of an upload", {
        converter,
        result: "not-an-upload",
        key: object.key,
      });
      return [];
    }
    const { uploadId } = upload;
    const jobs = await Promise.all(
      wanted(object, uploadId).map(async (each) => {
        const job = { upload, object, converter, ...each };
        const variant = each.variant.name;
        if (!isDone(job, await outputs.readReceipt(uploadId, variant))) return [job];
        metrics.skipped();
        logger.info("The variant exists already", { converter, uploadId, variant, result: "skipped" });
        return [];
      }),
    );
    return jobs.flat();
  }

  /** Discards a conversion that exists already or is not wanted. A converter may have needed it for the others. */
  function drop(conversion: Conversion): void {
    if (!declared.some(({ variant }) => variant.name === conversion.variant)) {
      throw new Error(`Converter ${converter} yielded "${conversion.variant}", which is not declared`);
    }
    if ("output" in conversion && !Buffer.isBuffer(conversion.output.body)) conversion.output.body.destroy();
  }

  async function make(source: Source, jobs: readonly VariantJob<Options>[]): Promise<void> {
    const pending = new Map(jobs.map((job) => [job.variant.name, job]));
    let started = now();

    async function conclude(conversion: Conversion): Promise<void> {
      const job = pending.get(conversion.variant);
      if (!job) return drop(conversion);
      const receipt = await finish(job, conversion);
      pending.delete(conversion.variant);
      const { uploadId, variant, state: result } = receipt;
      const outcome =
        receipt.state === "ready"
          ? { bytes: receipt.bytes }
          : { code: receipt.error.code, reason: receipt.error.message };
      const milliseconds = now() - started;
      metrics.concluded(receipt, milliseconds);
      logger.info(`Conversion ${result}`, { converter, uploadId, variant, result, ...outcome, milliseconds });
      started = now();
    }

    const isWanted = (variant: string) => pending.has(variant);
    try {
      for await (const conversion of convert(source, dependencies.variants, isWanted))
        await conclude(conversion);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      for (const variant of [...pending.keys()]) await conclude({ variant, error });
    }
    if (pending.size > 0) {
      throw new Error(`Converter ${converter} did not yield ${[...pending.keys()].join(", ")}`);
    }
  }

  return async (object: RequestedUpload): Promise<void> => {
    const jobs = await outstanding(object);
    const [first] = jobs;
    if (!first) return;
    metrics.taken(object.bytes);
    const { source, close } = uploads.open(object, first.upload.filename);
    try {
      await make(source, jobs);
    } catch (error) {
      if (!(error instanceof SourceGoneError)) throw error;
      const { uploadId } = first.upload;
      logger.warn("The upload no longer exists", { converter, uploadId, result: "source-gone", error });
    } finally {
      await close();
    }
  };
}
