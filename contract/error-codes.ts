/**
 * Codes of failures that a retry cannot cure. The receipt records them and the message is acknowledged. Every other error
 * is transient: its message goes back to the queue.
 */
export const permanentErrorCodes = [
  "empty-file",
  "unsupported-format",
  "corrupt-input",
  "too-many-pixels",
  "too-large",
  "type-mismatch",
] as const;

/** One of `permanentErrorCodes`. */
export type PermanentErrorCode = (typeof permanentErrorCodes)[number];
