import type { Clock } from "../clock.ts";

/** One message for one endpoint. */
export interface WebHookMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called once nothing more is tried. */
  readonly onFailed: (reason: string) => void;
}

/**
 * SNS's default for HTTP endpoints is three retries, 20 seconds apart: here they are a second apart.
 * https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.retry.html
 */
const retries = 3;
const retryDelayMs = 1_000;
const timeoutMs = 15_000;

/** POSTs to http and https endpoints in the background, as SNS does. */
export class WebHooks {
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #cancelRetries = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins later: what is published may be part of a transaction that is still open. */
  send(message: WebHookMessage): void {
    setImmediate(() => void this.#attempt(message, retries));
  }

  /** Gives up on what is still to be delivered. */
  close(): void {
    this.#closing.abort();
    for (const cancel of this.#cancelRetries) cancel();
  }

  async #attempt(message: WebHookMessage, retriesLeft: number): Promise<void> {
    const problem = await this.#post(message);
    if (problem === undefined || this.#closing.signal.aborted) return;
    if (!problem.isTemporary || retriesLeft === 0) {
      message.onFailed(problem.reason);
      return;
    }
    const cancel = this.#clock.after(retryDelayMs, () => {
      this.#cancelRetries.delete(cancel);
      void this.#attempt(message, retriesLeft - 1);
    });
    this.#cancelRetries.add(cancel);
  }

  /** What went wrong, if anything did: an endpoint that refuses the request as such is not asked again. */
  async #post({
    url,
    headers,
    body,
  }: WebHookMessage): Promise<{ reason: string; isTemporary: boolean } | undefined> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
      await response.body?.cancel();
      const { ok, status } = response;
      if (ok) return undefined;
      return { reason: `${url} answered ${status}`, isTemporary: status === 429 || status >= 500 };
    } catch (error) {
      const { cause, message } = error as Error;
      const detail = cause instanceof Error ? cause.message : message;
      return { reason: `${url} cannot be reached: ${detail}`, isTemporary: true };
    }
  }
}

/** Whether an endpoint is on this machine: nobody else hears of what happens here. */
export function isLoopback(endpoint: string): boolean {
  const { protocol, hostname } = URL.canParse(endpoint) ? new URL(endpoint) : { protocol: "", hostname: "" };
  return (
    /^https?:$/.test(protocol) &&
    (/^127(\.\d+){3}$/.test(hostname) || ["localhost", "[::1]"].includes(hostname))
  );
}
