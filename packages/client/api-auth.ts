import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { ApiAccessError } from "./request-error.ts";

/** A request to the upload API before it is authorised. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * The way in which a client authorises its requests to the upload API: `openAuth`, `bearerAuth` or `iamAuth`.
 *
 * @example
 * const apiKeyAuth: ApiAuth = {
 *   headersFor: async ({ headers }) => ({ ...headers, "x-api-key": "…" }),
 *   remedy: "Ask the operator for a new key",
 * };
 */
export interface ApiAuth {
  /** Returns the headers of `request` and those that authorise it. */
  headersFor(request: ApiRequest): Promise<Record<string, string>>;
  /** A sentence on what to do when the API refuses the caller. It ends the message of the error. */
  readonly remedy: string;
}

/** Sends requests without authorisation, for the local cloud. */
export const openAuth: ApiAuth = {
  headersFor: async ({ headers }) => ({ ...headers }),
  remedy: "It asks for a token or for AWS credentials: name the stage with --stage, or set HENKAN_TOKEN",
};

/**
 * Sends a JSON Web Token with every request.
 *
 * @param readToken returns the token. It is called for every request, so that a renewed token is used at once.
 * @example
 * const auth = bearerAuth(async () => process.env.HENKAN_TOKEN ?? "");
 */
export function bearerAuth(readToken: () => Promise<string>): ApiAuth {
  return {
    headersFor: async ({ headers }) => ({ ...headers, authorization: `Bearer ${await readToken()}` }),
    remedy: "Get a new token and put it into HENKAN_TOKEN, or into the file that --token-file names",
  };
}

/** Credentials in the shape that the AWS SDK's credential providers return. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Required for temporary credentials. */
  readonly sessionToken?: string;
  /** The end of temporary credentials. */
  readonly expiration?: Date;
}

const remedy =
  "Log in to AWS again, for example with aws sso login, or ask for the permission execute-api:Invoke on this API";

/**
 * Signs requests with Signature Version 4 for API Gateway.
 *
 * The requests reject with an {@link ApiAccessError} `expired-credentials` when the credentials have expired.
 *
 * @param region the region of the API, such as `eu-central-1`
 * @param credentials returns the credentials. It is called for every request and renews credentials that are about to
 *   expire, as the AWS SDK's credential providers do.
 * @example
 * import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
 * const auth = iamAuth("eu-central-1", fromNodeProviderChain());
 */
export function iamAuth(region: string, credentials: () => Promise<AwsCredentials>): ApiAuth {
  const signer = new SignatureV4({
    service: "execute-api",
    region,
    sha256: Sha256,
    credentials: async () => unexpired(await credentials()),
  });
  return {
    async headersFor({ method, url, headers, body }) {
      const { hostname, pathname: path, protocol } = url;
      const query = Object.fromEntries(url.searchParams);
      const signed = await signer.sign({
        method,
        protocol,
        hostname,
        path,
        query,
        headers: { ...headers, host: url.host },
        body,
      });
      return signed.headers;
    },
    remedy,
  };
}

/** @throws {ApiAccessError} `expired-credentials` */
function unexpired(credentials: AwsCredentials): AwsCredentials {
  const { expiration } = credentials;
  if (!expiration || expiration.getTime() > Date.now()) return credentials;
  throw new ApiAccessError(
    "expired-credentials",
    `The AWS credentials expired at ${expiration.toISOString()}. ${remedy}`,
  );
}
