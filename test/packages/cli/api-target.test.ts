import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type ApiTarget, apiOf, resolveApi } from "../../../packages/cli/api-target.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const request = { method: "GET", headers: {}, body: undefined };
const outputs = {
  cdnUrl: "https://cdn.example.com",
  uploadsBucket: "uploads",
  outputsBucket: "outputs",
  uploadsTopicArn: "arn:aws:sns:us-west-2:111111111111:uploads",
  conversionsTopicArn: "arn:aws:sns:us-west-2:111111111111:conversions",
  region: "us-west-2",
  variants: [],
  queues: {},
};
const variables = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_REGION: "ap-southeast-2",
};

describe("upload API of a command", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  const before = { ...process.env };
  beforeEach(() => {
    work = temporaryDirectory();
    Object.assign(process.env, variables);
  });
  afterEach(() => {
    work.remove();
    for (const name of [...Object.keys(variables), "HENKAN_TOKEN"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  const authorization = async (api: string, options = {}) => {
    const { url, auth } = await resolveApi({ api, deployed: false, ...options });
    const headers = await auth.headersFor({ ...request, url: new URL(`${url}/uploads/1`) });
    return headers.authorization;
  };

  it("gets requests signed with the caller's credentials for the region of its URL", async () => {
    const header = await authorization("https://a1b2c3.execute-api.eu-central-1.amazonaws.com/");
    expect(header).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, /,
    );
  });

  it("gets requests signed for the caller's region when it has a domain of its own", async () => {
    const header = await authorization("https://files.example.com/v1");
    expect(header).to.contain("/ap-southeast-2/execute-api/");
  });

  it("is printed without the password in its URL", async () => {
    for (const api of ["https://me:secret@files.example.com", "http://me:secret@files.example.com"]) {
      const error = await resolveApi({ api, deployed: false }).catch((error) => error);
      expect(error).to.include({ name: "UsageError" });
      expect(error.message).to.contain("without a name and a password").and.not.to.contain("secret");
    }
  });

  it("gets a token instead of a signature when there is one", async () => {
    process.env.HENKAN_TOKEN = "from-environment";
    expect(await authorization("https://files.example.com")).to.equal("Bearer from-environment");
    const file = join(work.path, "token");
    writeFileSync(file, "first\n");
    const { auth } = await resolveApi({
      api: "https://files.example.com",
      deployed: false,
      "token-file": file,
    });
    const header = async () =>
      (await auth.headersFor({ ...request, url: new URL("https://files.example.com") })).authorization;
    expect(await header()).to.equal("Bearer first");
    writeFileSync(file, "renewed\n");
    expect(await header()).to.equal("Bearer renewed");
    writeFileSync(file, "");
    expect(await header().catch((error) => error)).to.include({ name: "ApiAccessError", code: "no-token" });
  });

  it("gets unsigned requests on this machine", async () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      expect(await authorization(`http://${host}:4600`), host).to.equal(undefined);
    }
    const lookalike = await authorization("http://127.0.0.1.example.com").catch((error) => error);
    expect(lookalike).to.include({ name: "UsageError" });
  });

  describe("of a stage", () => {
    const url = "https://a1b2c3.execute-api.us-west-2.amazonaws.com";
    const target = (auth: { kind: "iam" } | { kind: "jwt"; issuer: string }, isLocal = false) => ({
      stage: "prod",
      isLocal,
      description: "stage prod",
      outputs: { ...outputs, apiUrl: url, auth },
    });
    const header = async (api: Promise<ApiTarget>) =>
      (await (await api).auth.headersFor({ ...request, url: new URL(url) })).authorization;

    it("gets signed requests with IAM, even when there is a token", async () => {
      const signed = await header(apiOf(target({ kind: "iam" }), async () => "a token"));
      expect(signed).to.contain("/us-west-2/execute-api/aws4_request");
    });

    it("gets the token with JWT, and an error asks for a missing one", async () => {
      const jwt = target({ kind: "jwt", issuer: "https://login.example.com" });
      expect(await header(apiOf(jwt, async () => "a token"))).to.equal("Bearer a token");
      const error = await apiOf(jwt, undefined).catch((error) => error);
      expect(error).to.include({ name: "UsageError" });
      expect(error.message).to.contain("requires a token of https://login.example.com: set");
    });

    it("gets unsigned requests when the stage runs locally", async () => {
      expect(await header(apiOf(target({ kind: "iam" }, true), undefined))).to.equal(undefined);
    });
  });

  it("is found where npm start runs", async () => {
    mkdirSync(join(work.path, "data"));
    const error = await resolveApi({ deployed: false, data: join(work.path, "data") }).catch(
      (error) => error,
    );
    expect(error.message).to.contain("No npm start runs on ");
  });
});
