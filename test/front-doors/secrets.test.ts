import { Credentials } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { rememberSecrets, told } from "./secrets.ts";

describe("the secrets of the front doors", () => {
  it("are the keys and tokens issued meanwhile", () => {
    const remembered = rememberSecrets();
    const { secretAccessKey } = new Credentials().issue("arn:aws:iam::111111111111:user/a");
    const role = new Credentials().issue("arn:aws:iam::111111111111:role/a", { temporary: true });
    remembered.forget();
    new Credentials().issue("arn:aws:iam::111111111111:user/b");
    expect(remembered.secrets).to.deep.equal([secretAccessKey, role.secretAccessKey, role.sessionToken]);
  });

  it("are told by an answer to who did not know them", () => {
    const secrets = ["a+/b=", "other"];
    expect(told(secrets, "GET /", "<Key>a+/b=</Key> to the other")).to.deep.equal(secrets);
    expect(told(secrets, "GET /", "token=a%2B%2Fb%3D")).to.deep.equal(["a+/b="]);
    expect(told(secrets, "GET /?token=a%2B%2Fb%3D", "a+/b= is wrong")).to.deep.equal([]);
    expect(told(secrets, "GET /", "nothing of it")).to.deep.equal([]);
  });
});
