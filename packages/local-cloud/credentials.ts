import { randomBytes } from "node:crypto";

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present on temporary credentials, which are worth nothing without it. */
  readonly sessionToken?: string;
  readonly principalArn: string;
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Access keys in IAM's forms: `AKIA…` for long-lived ones, `ASIA…` with a session token for temporary ones. */
export class Credentials {
  readonly #byAccessKeyId = new Map<string, Credential>();

  issue(principalArn: string, { temporary = false }: { temporary?: boolean } = {}): Credential {
    const suffix = Array.from(randomBytes(16), (byte) => base32.charAt(byte % 32)).join("");
    const credential: Credential = {
      accessKeyId: `${temporary ? "ASIA" : "AKIA"}${suffix}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      ...(temporary && { sessionToken: randomBytes(192).toString("base64") }),
      principalArn,
    };
    this.#byAccessKeyId.set(credential.accessKeyId, credential);
    return credential;
  }

  find(accessKeyId: string): Credential | undefined {
    return this.#byAccessKeyId.get(accessKeyId);
  }
}
