import type { FaultInjector } from "../faults.ts";
import type { Topics } from "./topics.ts";

/** An action on a topic whose permission is checked. */
export interface SnsAccess {
  /** The ARN of the principal; empty for a link in a message, which has no signature. */
  readonly principal: string;
  /** For example `sns:Publish`. */
  readonly action: string;
  /** The ARN of the topic. */
  readonly resource: string;
  /** The endpoint and the protocol that `Subscribe` names, for the condition keys of the same name. */
  readonly snsEndpoint?: string;
  readonly snsProtocol?: string;
}

/** One request, with the parameters of the Query protocol. */
export interface SnsCall {
  readonly topics: Topics;
  readonly faults: FaultInjector;
  readonly parameters: URLSearchParams;
  /** The ARN of the principal; undefined for a link in a message, which has no signature. */
  readonly principal: string | undefined;
  /**
   * Checks the permission of the principal.
   *
   * @throws {SnsError} `AuthorizationError` when the action is not allowed
   */
  require(
    action: string,
    resource: string,
    conditions?: Pick<SnsAccess, "snsEndpoint" | "snsProtocol">,
  ): void;
}

/** A refusal with the code and the HTTP status of SNS. */
export class SnsError extends Error {
  override readonly name = "SnsError";
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** An injected fault: the connection is reset after the work was done, before the answer. */
export class LostAnswer extends Error {
  override readonly name = "LostAnswer";
}

/**
 * Returns a required parameter.
 *
 * @throws {SnsError} `InvalidParameter` when it is missing or empty
 */
export function parameter({ parameters }: SnsCall, name: string): string {
  const value = parameters.get(name);
  if (value) return value;
  throw new SnsError(400, "InvalidParameter", `Invalid parameter: ${name}`);
}

/**
 * Returns the entries of a list in the order of their numbers. For the prefix `Attributes.entry`, the parameter
 * `Attributes.entry.1.key` is the field `key` of the first entry.
 */
export function entriesOf(
  { parameters }: Pick<SnsCall, "parameters">,
  prefix: string,
): Map<string, string>[] {
  const entries = new Map<number, Map<string, string>>();
  for (const [name, value] of parameters) {
    const [, number, field] = name.startsWith(`${prefix}.`)
      ? (/^(\d+)\.(.+)$/.exec(name.slice(prefix.length + 1)) ?? [])
      : [];
    if (number === undefined || field === undefined) continue;
    const entry = entries.get(Number(number)) ?? new Map<string, string>();
    entries.set(Number(number), entry.set(field, value));
  }
  return [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}
