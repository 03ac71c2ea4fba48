import { randomBytes } from "node:crypto";

/** Access keys of one principal, as clients of AWS accept them. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only on temporary credentials, which are not valid without it. */
  readonly sessionToken?: string;
  /** The role or user that signs with these keys. */
  readonly principalArn: string;
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The access keys that a cloud accepts, in IAM's forms: `AKIA…` for long-lived ones, `ASIA…` with a session token for
 * temporary ones.
 *
 * @example
 * ```ts
 * const credentials = cloud.credentials.issue(`arn:aws:iam::${graph.accountId}:user/developer`);
 * const s3 = new S3Client({ endpoint: cloud.urls.s3, region: graph.region, credentials, forcePathStyle: true });
 * ```
 */
export class Credentials {
  readonly #byAccessKeyId = new Map<string, Credential>();

  /**
   * Returns new access keys of a principal. They are valid until the cloud closes.
   *
   * @param principalArn a role of the program, which may do what its policies allow, or any other principal, which is an
   * administrator
   */
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

  /** Returns the keys with this id; undefined for an unknown id. */
  find(accessKeyId: string): Credential | undefined {
    return this.#byAccessKeyId.get(accessKeyId);
  }
}
