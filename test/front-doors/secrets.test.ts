import { Credentials } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { leakedSecrets, rememberSecrets } from "./secrets.ts";

describe("the secrets of the public endpoints", () => {
  it("are the keys and tokens that were issued in the meantime", () => {
    const remembered = rememberSecrets();
    const { secretAccessKey } = new Credentials().issue("arn:aws:iam::111111111111:user/a");
    const role = new Credentials().issue("arn:aws:iam::111111111111:role/a", { temporary: true });
    remembered.forget();
    new Credentials().issue("arn:aws:iam::111111111111:user/b");
    expect(remembered.secrets).to.deep.equal([secretAccessKey, role.secretAccessKey, role.sessionToken]);
  });

  it("leak in an answer when the request did not contain them", () => {
    const secrets = ["a+/b=", "other"];
    expect(leakedSecrets(secrets, "GET /", "<Key>a+/b=</Key> to the other")).to.deep.equal(secrets);
    expect(leakedSecrets(secrets, "GET /", "token=a%2B%2Fb%3D")).to.deep.equal(["a+/b="]);
    expect(leakedSecrets(secrets, "GET /?token=a%2B%2Fb%3D", "a+/b= is wrong")).to.deep.equal([]);
    expect(leakedSecrets(secrets, "GET /", "nothing of it")).to.deep.equal([]);
  });
});
