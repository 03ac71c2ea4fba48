import { readFile } from "node:fs/promises";
import { ApiAccessError, type ApiAuth, bearerAuth, iamAuth, openAuth } from "@henkan/client";
import { CommandError, UsageError, userPath } from "./command.ts";
import { resolveTarget, type Target, targetHelp, targetOptions } from "./target.ts";

/** An upload API, with the way to authenticate to it. */
export interface ApiTarget {
  readonly url: string;
  readonly auth: ApiAuth;
  /** Printed for people: "stage dev on this machine", or the URL. */
  readonly description: string;
}

/** The options of commands that call an upload API, for `defineCommand`. */
export const apiOptions = {
  ...targetOptions,
  api: { type: "string" },
  "token-file": { type: "string" },
} as const;

/** The lines of help for `apiOptions`. */
export const apiHelp = `${targetHelp}
  --api URL      an upload API by its URL, in place of a stage
  --token-file F read the bearer token from F; or set HENKAN_TOKEN

Without a token, requests to AWS are signed with your AWS credentials, which are found as the AWS CLI finds them.`;

/** The exit code when the API cannot be reached or does not let the caller in. */
export const accessExitCode = 3;

/**
 * Runs the part of a command that calls the API.
 *
 * @throws {CommandError} with `accessExitCode`, in place of an `ApiAccessError`
 */
export async function withAccessExitCode<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiAccessError)) throw error;
    throw new CommandError(error.message, { exitCode: accessExitCode, cause: error });
  }
}

interface ApiValues {
  readonly stage?: string | undefined;
  readonly deployed: boolean;
  readonly data?: string | undefined;
  readonly api?: string | undefined;
  readonly "token-file"?: string | undefined;
}

/**
 * Returns the API that the options name, with credentials for it.
 *
 * @throws {UsageError} for options that contradict each other, and when a stage requires a token and there is none
 * @throws {ApiAccessError} when there are neither AWS credentials nor a token
 */
export async function resolveApi(values: ApiValues): Promise<ApiTarget> {
  const token = tokenReader(values["token-file"]);
  if (values.api === undefined) return apiOf(await resolveTarget(values), token);
  if (values.stage !== undefined || values.deployed || values.data !== undefined) {
    throw new UsageError("--api already names the pipeline: leave out --stage, --deployed and --data");
  }
  const url = apiUrl(values.api);
  const description = `the API at ${url.origin}`;
  const api = url.href.replace(/\/+$/, "");
  if (token) return { url: api, auth: bearerAuth(token), description };
  if (isLoopback(url)) return { url: api, auth: openAuth, description };
  return { url: api, auth: await callerAuth(regionOf(url)), description };
}

/**
 * Returns the API of a stage, with the credentials that its configuration requires.
 *
 * @throws {UsageError} when the stage requires a token and there is none
 * @throws {ApiAccessError} when the stage requires AWS credentials and there are none
 */
export async function apiOf(
  { stage, isLocal, description, outputs }: Pick<Target, "stage" | "isLocal" | "description" | "outputs">,
  token: TokenReader | undefined,
): Promise<ApiTarget> {
  const { apiUrl: url, auth, region } = outputs;
  if (isLocal) return { url, auth: openAuth, description };
  if (auth.kind === "iam") return { url, auth: await callerAuth(region), description };
  if (token) return { url, auth: bearerAuth(token), description };
  throw new UsageError(
    `Stage ${stage} requires a token of ${auth.issuer}: set the environment variable HENKAN_TOKEN, or name a file with --token-file`,
  );
}

type TokenReader = () => Promise<string>;

/** Reads the token from the environment or a file. Every user of the machine can see the arguments of a process. */
function tokenReader(file: string | undefined): TokenReader | undefined {
  const { HENKAN_TOKEN } = process.env;
  if (file === undefined) return HENKAN_TOKEN ? async () => HENKAN_TOKEN.trim() : undefined;
  const path = userPath(file);
  return async () => {
    const text = await readFile(path, "utf8").catch((error: Error) => {
      throw new ApiAccessError("no-token", `The token cannot be read: ${error.message}`, { cause: error });
    });
    if (text.trim() !== "") return text.trim();
    throw new ApiAccessError("no-token", `There is no token in ${path}: the file is empty`);
  };
}

/** @throws {UsageError} for anything but a URL, and for a URL that would expose credentials in plain text */
function apiUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--api accepts a URL such as https://a1b2c3.execute-api.eu-central-1.amazonaws.com, not "${text}"`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      "--api accepts a URL without a name and a password: set HENKAN_TOKEN, or log in to AWS",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw new UsageError(`--api ${text} is not encrypted: use https (http is for this machine only)`);
  }
  url.search = "";
  url.hash = "";
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Returns the region in an API's host name. A custom domain has none. */
function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
}

/**
 * Signs with the credentials that the AWS SDK finds in the environment, profiles or SSO. When `region` is undefined, it
 * finds the region, too.
 *
 * @throws {ApiAccessError}
 */
async function callerAuth(region: string | undefined): Promise<ApiAuth> {
  const { STSClient } = await import("@aws-sdk/client-sts");
  const { config } = new STSClient(region === undefined ? {} : { region });
  const credentials = () => found("credentials", () => config.credentials());
  const signingRegion = region ?? (await found("region", () => config.region()));
  await credentials();
  return iamAuth(signingRegion, credentials);
}

async function found<Value>(what: string, provide: () => Promise<Value | undefined>): Promise<Value> {
  const missing = (reason: string, cause?: unknown) =>
    new ApiAccessError(
      "no-credentials",
      `The API requires authentication, and no AWS ${what} can be used: ${reason}. ` +
        "Log in to AWS (aws sso login, AWS_PROFILE, …), or set HENKAN_TOKEN if the API accepts tokens",
      { cause },
    );
  const value = await provide().catch((error: Error) => {
    throw missing(error.message, error);
  });
  if (value === undefined) throw missing("none is configured");
  return value;
}
