import type { PermanentErrorCode } from "../contract/error-codes.ts";

/**
 * The input itself cannot be converted, so a retry cannot help. The message says what was found and what is allowed.
 *
 * @example
 * ```ts
 * throw new ConversionError("empty-file", "the file has no bytes");
 * ```
 */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
  readonly code: PermanentErrorCode;

  constructor(code: PermanentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
