import type { Convert, Output, Source, Variant } from "../../converters/converter.ts";
import type { ConversionError } from "../../converters/errors.ts";

/** The outputs and errors of one conversion by variant name. */
export interface Converted {
  readonly outputs: ReadonlyMap<string, Output>;
  readonly errors: ReadonlyMap<string, ConversionError>;
}

/** Makes every variant in `options`, whose keys are the names of the variants. */
export async function convertAll<Options>(
  convert: Convert<Options>,
  source: Source,
  options: Readonly<Record<string, Options>>,
): Promise<Converted> {
  const outputs = new Map<string, Output>();
  const errors = new Map<string, ConversionError>();
  const variants = Object.entries(options).map(
    ([name, value]): Variant<Options> => ({ name, options: value }),
  );
  for await (const conversion of convert(source, variants)) {
    if ("error" in conversion) errors.set(conversion.variant, conversion.error);
    else outputs.set(conversion.variant, conversion.output);
  }
  return { outputs, errors };
}

/** Makes one variant and returns its image. */
export async function convertOne<Options>(
  convert: Convert<Options>,
  source: Source,
  options: Options,
): Promise<Output & { readonly body: Buffer }> {
  const { outputs, errors } = await convertAll(convert, source, { only: options });
  const output = outputs.get("only");
  if (!output) throw errors.get("only") ?? new Error("Expected an output but none was made");
  const { body } = output;
  if (!Buffer.isBuffer(body)) throw new TypeError("Expected a buffer but received a stream");
  return { ...output, body };
}

/** Returns the error of `action`; fails when it succeeds. */
export async function failureOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("Expected a failure but there was none");
}
