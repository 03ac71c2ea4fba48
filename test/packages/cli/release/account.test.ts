import { STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { checkAccount } from "../../../../packages/cli/release/account.ts";
import { rejection } from "../../../handlers/support/rejection.ts";
import { clientSettings, type Reply, standIn } from "../../../handlers/support/stand-in.ts";
import { identity } from "./identity.ts";

const stage = {
  name: "dev",
  region: "eu-central-1",
  accountId: "123456789012",
  examples: [],
  isProtected: false,
  secretsProvider: undefined,
};

describe("checkAccount", () => {
  let reply: Reply;
  const { endpoint } = standIn(() => reply);
  const check = () => checkAccount(new STSClient({ ...clientSettings, endpoint: endpoint.url }), stage);

  it("accepts credentials of the stage's account", async () => {
    reply = identity("123456789012");
    await check();
  });

  it("refuses credentials of another account, and names both accounts", async () => {
    reply = identity("999999999999");
    const { name, message } = await rejection(check());
    expect(name).to.equal("ReleaseError");
    expect(message).to.include("123456789012").and.include("999999999999").and.include("user/ann");
  });

  it("names the needed account when no credentials work", async () => {
    const error = "<Error><Code>InvalidClientTokenId</Code><Message>The token is invalid</Message></Error>";
    reply = { status: 403, body: `<ErrorResponse>${error}</ErrorResponse>` };
    const { name, message } = await rejection(check());
    expect(name).to.equal("ReleaseError");
    expect(message).to.match(/no usable AWS credentials \(The token is invalid\).*account 123456789012/);
  });
});
