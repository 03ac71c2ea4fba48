import type { FaultInjector } from "../faults.ts";
import type { Topics } from "./topics.ts";

/** What may become of a request to SNS. */
export interface SnsAccess {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly snsEndpoint?: string;
  readonly snsProtocol?: string;
}

/** One request: its parameters as the Query protocol has them. */
export interface SnsCall {
  readonly topics: Topics;
  readonly faults: FaultInjector;
  readonly parameters: URLSearchParams;
  /** Undefined for links in messages, which nobody signs. */
  readonly principal: string | undefined;
  /** @throws {SnsError} when the caller may not. */
  require(
    action: string,
    resource: string,
    conditions?: Pick<SnsAccess, "snsEndpoint" | "snsProtocol">,
  ): void;
}

/** A refusal with SNS's code. */
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

/** The connection breaks off after the work was done: an injected fault. */
export class LostAnswer extends Error {
  override readonly name = "LostAnswer";
}

/** @throws {SnsError} when it is missing. */
export function parameter({ parameters }: SnsCall, name: string): string {
  const value = parameters.get(name);
  if (value) return value;
  throw new SnsError(400, "InvalidParameter", `Invalid parameter: ${name}`);
}

/** The parameters below `prefix`: those of `Attributes.entry.1.key` as entries `key`, `value` … of a list. */
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
