import { readFile } from "node:fs/promises";
import { ApiAccessError, type ApiAuth, bearerAuth, iamAuth, openAuth } from "@henkan/client";
import { CommandError, UsageError, userPath } from "./command.ts";
import { resolveTarget, type Target, targetHelp, targetOptions } from "./target.ts";

/** An upload API, and how to be let in. */
export interface ApiTarget {
  readonly url: string;
  readonly auth: ApiAuth;
  /** For people: "stage dev on this machine", or the URL. */
  readonly description: string;
}

/** For `defineCommand`. */
export const apiOptions = {
  ...targetOptions,
  api: { type: "string" },
  "token-file": { type: "string" },
} as const;

/** For the help of commands that take `apiOptions`. */
export const apiHelp = `${targetHelp}
  --api URL      an upload API by its URL, in place of a stage
  --token-file F read the bearer token from F; or set HENKAN_TOKEN

Without a token, requests to AWS are signed with your AWS credentials, found as the AWS CLI finds them.`;

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
 * @throws {UsageError} for options that contradict each other, and for a stage that wants a token and has none
 * @throws {ApiAccessError} when there are neither AWS credentials nor a token
 */
export async function resolveApi(values: ApiValues): Promise<ApiTarget> {
  const token = tokenReader(values["token-file"]);
  if (values.api === undefined) return apiOf(await resolveTarget(values), token);
  if (values.stage !== undefined || values.deployed || values.data !== undefined) {
    throw new UsageError("--api names the pipeline by itself: leave --stage, --deployed and --data out");
  }
  const url = apiUrl(values.api);
  const description = `the API at ${url.origin}`;
  const api = url.href.replace(/\/+$/, "");
  if (token) return { url: api, auth: bearerAuth(token), description };
  if (isLoopback(url)) return { url: api, auth: openAuth, description };
  return { url: api, auth: await callerAuth(regionOf(url)), description };
}

/**
 * The API of a stage, asked as the stage is configured.
 *
 * @throws {UsageError} when it wants a token and there is none
 * @throws {ApiAccessError} when it wants AWS credentials and there are none
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
    `Stage ${stage} wants a token of ${auth.issuer}: put it into the environment variable HENKAN_TOKEN, or into a file that --token-file names`,
  );
}

type TokenReader = () => Promise<string>;

/** From the environment or a file: arguments can be seen by every user of the machine. */
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

/** @throws {UsageError} for what is no URL, and for one that would show credentials to everybody on the way */
function apiUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--api takes a URL such as https://a1b2c3.execute-api.eu-central-1.amazonaws.com, not "${text}"`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      "--api takes a URL without a name and a password in it: set HENKAN_TOKEN, or log in to AWS",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw new UsageError(`--api ${text} is not encrypted: use https (http is for this machine alone)`);
  }
  url.search = "";
  url.hash = "";
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** A custom domain does not tell its region. */
function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
}

/**
 * Signs with what the AWS SDK finds in the environment, profiles, SSO and so on; `region` too when it is not known.
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
      `The API wants to know who you are, and no AWS ${what} can be used: ${reason}. ` +
        "Log in to AWS (aws sso login, AWS_PROFILE, …), or set HENKAN_TOKEN if the API takes tokens",
      { cause },
    );
  const value = await provide().catch((error: Error) => {
    throw missing(error.message, error);
  });
  if (value === undefined) throw missing("none is configured");
  return value;
}
