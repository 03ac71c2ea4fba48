import { Credentials } from "@henkan/local-cloud/testing";

/** Keeps what every access key that is issued from now on must hide; `forget` ends that. */
export function rememberSecrets(): { readonly secrets: readonly string[]; forget(): void } {
  const secrets: string[] = [];
  const { issue } = Credentials.prototype;
  Credentials.prototype.issue = function (...args) {
    const credential = issue.apply(this, args);
    const { secretAccessKey, sessionToken } = credential;
    secrets.push(secretAccessKey, ...(sessionToken ? [sessionToken] : []));
    return credential;
  };
  return {
    secrets,
    forget: () => {
      Credentials.prototype.issue = issue;
    },
  };
}

/** The `secrets` that an answer tells, as they are or encoded for a URL, to a client whose request did not hold them. */
export function told(secrets: readonly string[], request: string, answer: string): string[] {
  const holds = (text: string, secret: string) =>
    text.includes(secret) || text.includes(encodeURIComponent(secret));
  return secrets.filter((secret) => holds(answer, secret) && !holds(request, secret));
}
