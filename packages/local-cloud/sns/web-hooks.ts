import type { Clock } from "../clock.ts";

/** One message to one endpoint. */
export interface WebHookMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called with the last reason when no retry follows. */
  readonly onFailed: (reason: string) => void;
}

/**
 * The default of SNS is three retries, 20 seconds apart. The local SNS waits one second, so that developers need not
 * wait. https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.retry.html
 */
const retries = 3;
const retryDelayMs = 1_000;
const timeoutMs = 15_000;

/** Posts messages to HTTP and HTTPS endpoints in the background, with retries. */
export class WebHooks {
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #cancelRetries = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Posts a message later: the publication may be part of a transaction that is still open. */
  send(message: WebHookMessage): void {
    setImmediate(() => void this.#attempt(message, retries));
  }

  /** Stops the requests in progress and the retries. */
  close(): void {
    this.#closing.abort();
    for (const cancel of this.#cancelRetries) cancel();
  }

  async #attempt(message: WebHookMessage, retriesLeft: number): Promise<void> {
    const failure = await this.#post(message);
    if (failure === undefined || this.#closing.signal.aborted) return;
    if (!failure.isTemporary || retriesLeft === 0) {
      message.onFailed(failure.reason);
      return;
    }
    const cancel = this.#clock.after(retryDelayMs, () => {
      this.#cancelRetries.delete(cancel);
      void this.#attempt(message, retriesLeft - 1);
    });
    this.#cancelRetries.add(cancel);
  }

  /** Posts once. Returns the failure, if any: a refusal of the request itself (4xx) is not temporary. */
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

/** Returns true for a URL on this machine. The local SNS contacts no other hosts. */
export function isLoopback(endpoint: string): boolean {
  const { protocol, hostname } = URL.canParse(endpoint) ? new URL(endpoint) : { protocol: "", hostname: "" };
  return (
    /^https?:$/.test(protocol) &&
    (/^127(\.\d+){3}$/.test(hostname) || ["localhost", "[::1]"].includes(hostname))
  );
}
