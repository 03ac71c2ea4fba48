/** The reason why a request got no answer. */
export interface NetworkFailure {
  /** A clause for a message, such as "nothing listens there (ECONNREFUSED)". */
  readonly reason: string;
  /** True for a connection that broke, false for one that was never made. */
  readonly isTransient: boolean;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its name is unknown",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "there is no route to it",
};

const transientReasons: Readonly<Record<string, string>> = {
  EAI_AGAIN: "its name could not be resolved",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  ETIMEDOUT: "it did not answer in time",
  UND_ERR_SOCKET: "the connection broke",
  UND_ERR_CONNECT_TIMEOUT: "it did not answer in time",
  UND_ERR_HEADERS_TIMEOUT: "it did not answer in time",
  UND_ERR_BODY_TIMEOUT: "it did not answer in time",
};

/** Explains an error of fetch or node:http. Returns undefined when the network is not the cause. */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  // fetch wraps the error of the connection.
  const isWrapped = error instanceof TypeError && error.cause instanceof Error;
  const found = (isWrapped ? error.cause : error) as NodeJS.ErrnoException;
  const { code = "" } = found;
  const transient = transientReasons[code];
  const known = transient ?? reasons[code];
  if (known) return { reason: `${known} (${code})`, isTransient: transient !== undefined };
  // For example, a certificate that is not trusted.
  return isWrapped ? { reason: found.message || code, isTransient: false } : undefined;
}
