import { STATUS_CODES } from "node:http";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { FieldError, ProblemDocument } from "../../contract/upload-api.ts";

/** Optional parts of a refusal. */
export interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal of a request, answered with RFC 9457 problem details. The `code` is stable; the message, `detail` in the answer,
 * is for people.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly extras: ProblemExtras;

  constructor(status: number, code: string, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

/**
 * Returns the answer for a refusal. The type `about:blank` means that the status describes the refusal, so the title is the status
 * phrase (RFC 9457, section 4.2.1).
 */
export function problemResponse({
  status,
  code,
  message,
  extras,
}: Problem): APIGatewayProxyStructuredResultV2 {
  const { errors, headers } = extras;
  const title = STATUS_CODES[status];
  const document: ProblemDocument = { type: "about:blank", title, status, detail: message, code, errors };
  return {
    statusCode: status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(document),
  };
}
