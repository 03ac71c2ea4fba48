import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type Credential, Credentials, close, listen, verifySignature } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { bearerAuth, iamAuth } from "../../../packages/client/api-auth.ts";
import { ApiAccessError } from "../../../packages/client/request-error.ts";
import { UploadClient } from "../../../packages/client/upload-client.ts";

const principalArn = "arn:aws:iam::111111111111:user/uploader";
const upload = { filename: "a.png", contentType: "image/png", size: 3 };

/** A server that verifies requests as API Gateway does, and answers with the verified facts. */
describe("authorisation of the upload API", () => {
  const known = new Credentials();
  let server: Server;
  let url: string;
  let serve: (request: IncomingMessage, response: ServerResponse, body: string) => void;

  beforeEach(async () => {
    server = createServer(async (request, response) => serve(request, response, await text(request)));
    url = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterEach(() => close(server));

  const verifying = (request: IncomingMessage, response: ServerResponse, body: string) => {
    try {
      const identity = verifySignature(
        {
          method: request.method ?? "",
          url: request.url ?? "",
          headers: request.headersDistinct,
          payloadHash: createHash("sha256").update(body).digest("hex"),
        },
        { service: "execute-api", region: "eu-central-1", credentials: known, now: new Date() },
      );
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(identity));
    } catch (error) {
      const message = error instanceof Error ? error.message : "";
      response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify({ message }));
    }
  };
  const client = (credential: Credential, region = "eu-central-1") =>
    new UploadClient(url, { auth: iamAuth(region, async () => credential) });

  for (const temporary of [false, true]) {
    it(`signs with ${temporary ? "temporary" : "long-lived"} AWS credentials, with and without a body`, async () => {
      serve = verifying;
      const signer = client(known.issue(principalArn, { temporary }));
      expect(await signer.create(upload)).to.include({ principalArn, presigned: false });
      expect(await signer.status("0192f2f0-0000-7000-8000-000000000000")).to.include({ principalArn });
    });
  }

  it("rejects with the remedy when the API refuses the signature", async () => {
    serve = verifying;
    const stranger = new Credentials().issue(principalArn);
    const refused = await client(stranger)
      .create(upload)
      .catch((error) => error);
    expect(refused).to.be.instanceOf(ApiAccessError).and.include({ code: "not-authorised" });
    expect(refused.message).to.match(/refused you \(403: .*Access Key Id.*\)\. Log in to AWS again/);
    const elsewhere = await client(known.issue(principalArn), "us-east-1")
      .create(upload)
      .catch((error) => error);
    expect(elsewhere.message).to.contain("the region 'us-east-1' is wrong");
  });

  it("sends no request with expired credentials", async () => {
    serve = () => expect.fail("a request came");
    const credential = { ...known.issue(principalArn), expiration: new Date("2026-01-02T03:04:05Z") };
    const error = await client(credential)
      .create(upload)
      .catch((error) => error);
    expect(error).to.include({ code: "expired-credentials" });
    expect(error.message).to.contain("expired at 2026-01-02T03:04:05.000Z");
  });

  it("reads the token for every request, and reports why the API refused one", async () => {
    const seen: (string | undefined)[] = [];
    serve = ({ headers }, response) => {
      seen.push(headers.authorization);
      response
        .writeHead(401, {
          "content-type": "application/json",
          "www-authenticate": `Bearer scope="" error="invalid_token" error_description="the token has expired"`,
        })
        .end('{"message":"Unauthorized"}');
    };
    let count = 0;
    const signer = new UploadClient(url, { auth: bearerAuth(async () => `token-${++count}`) });
    const first = await signer.create(upload).catch((error) => error);
    await signer.create(upload).catch((error) => error);
    expect(seen).to.deep.equal(["Bearer token-1", "Bearer token-2"]);
    expect(first).to.be.instanceOf(ApiAccessError);
    expect(first.message).to.contain("(401: the token has expired). Get a new token");
  });
});
