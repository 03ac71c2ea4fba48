import { Credentials } from "@henkan/local-cloud/testing";

/** Records the secret key and the token of every access key that is issued until `forget` is called. */
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

/** Returns the secrets that an answer contains, plain or encoded for a URL, and its request did not contain. */
export function leakedSecrets(secrets: readonly string[], request: string, answer: string): string[] {
  const holds = (text: string, secret: string) =>
    text.includes(secret) || text.includes(encodeURIComponent(secret));
  return secrets.filter((secret) => holds(answer, secret) && !holds(request, secret));
}
