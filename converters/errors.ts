/**
 * Codes of failures that retrying cannot cure. They are recorded in the receipt and acknowledged;
 * every other error is transient and sends the message back to its queue.
 */
export const permanentErrorCodes = [
  "empty-file",
  "unsupported-format",
  "corrupt-input",
  "too-many-pixels",
  "too-large",
  "type-mismatch",
] as const;

export type PermanentErrorCode = (typeof permanentErrorCodes)[number];

/** The input itself cannot be converted: `message` says what was found and what is allowed. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
  readonly code: PermanentErrorCode;

  constructor(code: PermanentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
