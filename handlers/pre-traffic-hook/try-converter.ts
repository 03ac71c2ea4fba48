import * as v from "valibot";
import { outputPath } from "../../contract/keys.ts";
import { type MediaType, png } from "../../contract/media-types.ts";
import type { ConverterDefinition } from "../../converters/converter.ts";
import type { ResolvedVariant } from "../upload-api/resolved-variants.ts";
import { type GoldenSamples, goldenSample, goldenSize } from "./golden-samples.ts";
import type { InvokeVersion } from "./invoke-version.ts";
import { outputFailures } from "./output-failures.ts";
import { queueEvent } from "./queue-event.ts";
import type { TrialStorage, TrialUpload } from "./trial-storage.ts";

/** A trial of a converter's new version. */
export interface ConverterTrial {
  readonly definition: Pick<ConverterDefinition, "accepts">;
  /** The variants of this converter. */
  readonly variants: readonly ResolvedVariant[];
  readonly samples: GoldenSamples;
  readonly storage: TrialStorage;
  readonly invoke: InvokeVersion;
  readonly region: string;
}

interface TrialSample {
  readonly type: MediaType;
  readonly upload: TrialUpload;
}

const batchResponse = v.object({ batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })) });

/**
 * Lets the new version convert one sample of each type that it accepts, and checks all outputs and receipts.
 *
 * @returns the reasons against the version, one sentence each
 */
export async function tryConverter(trial: ConverterTrial): Promise<string[]> {
  const { definition, samples, storage, invoke, region } = trial;
  const types = definition.accepts === "any" ? [png] : definition.accepts;
  const uploads = await Promise.all(
    types.map(async (type): Promise<TrialSample> => {
      const { contentType, extension } = type;
      const body = goldenSample(samples, contentType);
      return { type, upload: await storage.putUpload(`golden${extension}`, contentType, body) };
    }),
  );
  const response = await invoke(
    queueEvent(
      uploads.map(({ upload }) => upload),
      region,
    ),
  );
  const results = uploads.flatMap((sample) =>
    trial.variants.map(async (variant) => {
      const failures = await variantFailures(storage, sample, variant);
      return failures.map((failure) => `${variant.name} of ${sample.type.contentType}: ${failure}`);
    }),
  );
  return [...responseFailures(response, uploads), ...(await Promise.all(results)).flat()];
}

function responseFailures(response: unknown, samples: readonly TrialSample[]): string[] {
  if (!v.is(batchResponse, response)) {
    return [`expected the version to return batchItemFailures, found ${JSON.stringify(response)}`];
  }
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return samples
    .filter(({ upload }) => failed.has(upload.uploadId))
    .map(({ type }) => `the message about ${type.contentType} was sent back to the queue`);
}

async function variantFailures(
  storage: TrialStorage,
  { type: source, upload }: TrialSample,
  { name, converter, options }: ResolvedVariant,
): Promise<string[]> {
  const type = converter.outputType(source, options);
  const path = outputPath(upload, name, type);
  const [receipt, output] = await Promise.all([
    storage.readReceipt(upload.uploadId, name),
    storage.readOutput(path),
  ]);
  if ("failure" in receipt) return [receipt.failure];
  if (receipt.state === "failed") return [`failed with ${receipt.error.code}: ${receipt.error.message}`];
  if ("failure" in output) return [output.failure];
  return outputFailures({ path, type, size: converter.outputSize?.(goldenSize, options) }, receipt, output);
}
