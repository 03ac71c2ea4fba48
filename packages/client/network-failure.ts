export interface NetworkFailure {
  /** A clause: "nothing listens there (ECONNREFUSED)". */
  readonly reason: string;
  /** A connection that broke, as opposed to one that nobody took. */
  readonly isTransient: boolean;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its name is unknown",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "there is no way to it",
};

const transientReasons: Readonly<Record<string, string>> = {
  EAI_AGAIN: "its name could not be looked up",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  ETIMEDOUT: "it did not answer in time",
  UND_ERR_SOCKET: "the connection broke",
  UND_ERR_CONNECT_TIMEOUT: "it did not answer in time",
  UND_ERR_HEADERS_TIMEOUT: "it did not answer in time",
  UND_ERR_BODY_TIMEOUT: "it did not answer in time",
};

/** Why a request of fetch or node:http got no answer; undefined for what is no failure of the network. */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  // fetch wraps what went wrong.
  const isWrapped = error instanceof TypeError && error.cause instanceof Error;
  const found = (isWrapped ? error.cause : error) as NodeJS.ErrnoException;
  const { code = "" } = found;
  const transient = transientReasons[code];
  const known = transient ?? reasons[code];
  if (known) return { reason: `${known} (${code})`, isTransient: transient !== undefined };
  // Such as a certificate that is not trusted.
  return isWrapped ? { reason: found.message || code, isTransient: false } : undefined;
}
