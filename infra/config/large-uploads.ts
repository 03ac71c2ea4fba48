import type { DeclaredConverter } from "./variants.ts";

/** Lambda's longest timeout, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. */
const maxTimeoutSeconds = 900;

/** Returns the seconds that all variants of the largest upload take; 0 when the time does not grow with the bytes. */
function secondsFor({ definition, variants }: DeclaredConverter, maxUploadMiB: number): number {
  return Math.ceil((maxUploadMiB * variants.length) / (definition.mibPerSecond ?? Number.POSITIVE_INFINITY));
}

/** Returns the converter with a timeout long enough for the largest upload. */
export function withTimeFor(converter: DeclaredConverter, maxUploadMiB: number): DeclaredConverter {
  const { definition } = converter;
  const seconds = Math.min(maxTimeoutSeconds, secondsFor(converter, maxUploadMiB));
  const timeoutSeconds = Math.max(definition.timeoutSeconds, seconds);
  return { ...converter, definition: { ...definition, timeoutSeconds } };
}

/** Returns a sentence for each converter that cannot finish the largest upload within Lambda's longest timeout. */
export function tooSlowFor(
  maxUploadMiB: number,
  converters: readonly DeclaredConverter[],
  key: string,
): string[] {
  return converters
    .filter((converter) => secondsFor(converter, maxUploadMiB) > maxTimeoutSeconds)
    .map(({ name, definition: { mibPerSecond = 0 }, variants }) => {
      const most = Math.floor((maxTimeoutSeconds * mibPerSecond) / variants.length);
      const times = variants.length === 1 ? "one variant" : `${variants.length} variants`;
      return `${key}maxUploadMiB: expected at most ${most} with ${times} of ${name}, whose function must finish within ${maxTimeoutSeconds} seconds, received ${maxUploadMiB}`;
    });
}
