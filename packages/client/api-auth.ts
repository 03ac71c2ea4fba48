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

/** How a caller of the upload API proves who they are. */
export interface ApiAuth {
  /** The headers of `request`, and those that authorise it. */
  headersFor(request: ApiRequest): Promise<Record<string, string>>;
  /** What to do when the API does not accept it. */
  readonly remedy: string;
}

/** Of the local cloud. */
export const openAuth: ApiAuth = {
  headersFor: async ({ headers }) => ({ ...headers }),
  remedy: "It asks for a token or for AWS credentials: name the stage with --stage, or set HENKAN_TOKEN",
};

/** A JSON Web Token, read anew for every request so that whoever renews it need not start again. */
export function bearerAuth(readToken: () => Promise<string>): ApiAuth {
  return {
    headersFor: async ({ headers }) => ({ ...headers, authorization: `Bearer ${await readToken()}` }),
    remedy: "Get a new token and put it into HENKAN_TOKEN, or into the file that --token-file names",
  };
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

const remedy =
  "Log in to AWS again, for example with aws sso login, or ask for the permission execute-api:Invoke on this API";

/** Signature Version 4 for API Gateway, with credentials that are asked for anew when they are about to expire. */
export function iamAuth(region: string, credentials: () => Promise<AwsCredentials>): ApiAuth {
  const signer = new SignatureV4({
    service: "execute-api",
    region,
    sha256: Sha256,
    credentials: async () => usable(await credentials()),
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

function usable(credentials: AwsCredentials): AwsCredentials {
  const { expiration } = credentials;
  if (!expiration || expiration.getTime() > Date.now()) return credentials;
  throw new ApiAccessError(
    "expired-credentials",
    `The AWS credentials expired at ${expiration.toISOString()}. ${remedy}`,
  );
}
