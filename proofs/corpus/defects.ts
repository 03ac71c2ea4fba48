import { permanentErrorCodes } from "../../contract/error-codes.ts";
import type { ConverterName } from "../../converters/registry.ts";
import type { HostileFile } from "./hostile-file.ts";
import type { JobResult, VariantOutcome } from "./messages.ts";

const knownOutcomes: readonly string[] = ["ready", ...permanentErrorCodes];

/** Returns `ready`, or the code of a variant that failed. */
export function nameOf(outcome: VariantOutcome): string {
  return outcome.state === "ready" ? "ready" : outcome.code;
}

function unexpected(
  { expected }: Pick<HostileFile, "expected">,
  converter: ConverterName,
  outcomes: readonly VariantOutcome[],
): string[] {
  const wanted = converter !== "zip" ? expected : expected === "empty-file" ? "empty-file" : "ready";
  return outcomes
    .map(nameOf)
    .filter((name) => !knownOutcomes.includes(name) || (wanted !== "any" && name !== wanted))
    .map((name) => `expected ${wanted} but received ${name}`);
}

/** Reports variants with no outcome, which would wait for a receipt for ever without an alarm, or with several. */
function miscounted(wanted: readonly string[], outcomes: readonly VariantOutcome[]): string[] {
  const named = (name: string) => outcomes.filter(({ variant }) => variant === name).length;
  const names = new Set([...wanted, ...outcomes.map(({ variant }) => variant)]);
  return [...names].flatMap((name) => {
    if (!wanted.includes(name)) return [`${name} was not requested`];
    if (named(name) === 0) return [`${name} has no outcome`];
    return named(name) > 1 ? [`${name} has ${named(name)} outcomes`] : [];
  });
}

/**
 * Returns the defects in the answer of a converter that was asked for the `wanted` variants: an error without a code, an
 * outcome that the file does not allow, no outcome or several for a variant, more memory than the function has.
 */
export function defectsOf(
  file: Pick<HostileFile, "expected">,
  converter: ConverterName,
  wanted: readonly string[],
  { outcomes, unclassified, peakMegabytes }: JobResult,
  memoryMb: number,
): string[] {
  return [
    // After a thrown error, variants without an outcome are retried.
    ...(unclassified === undefined
      ? miscounted(wanted, outcomes)
      : [`not a permanent error: ${unclassified}`]),
    ...unexpected(file, converter, outcomes),
    ...(peakMegabytes > memoryMb ? [`${peakMegabytes.toFixed(0)} MB resident`] : []),
  ];
}
