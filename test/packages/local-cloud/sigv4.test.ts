import { expect } from "chai";
import { type SignedRequest, verifySignature } from "../../../packages/local-cloud/sigv4.ts";

/**
 * The credential of the examples in https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
 */
const credential = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  principalArn: "arn:aws:iam::111111111111:user/example",
};
const credentials = {
  find: (id: string) => (id === credential.accessKeyId ? credential : undefined),
};
const scope = "20130524/us-east-1/s3/aws4_request";
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const host = ["examplebucket.s3.amazonaws.com"];

function signed(
  method: string,
  url: string,
  { signature, ...headers }: Record<string, string>,
): SignedRequest {
  const all = { host: host[0] ?? "", "x-amz-date": "20130524T000000Z", ...headers };
  const names = Object.keys(all).sort().join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope},SignedHeaders=${names},Signature=${signature}`;
  const distinct = Object.entries({ ...all, authorization }).map(([name, value]) => [name, [value]]);
  return { method, url, headers: Object.fromEntries(distinct) };
}

const examples: Record<string, SignedRequest> = {
  "a GET of a range": signed("GET", "/test.txt", {
    range: "bytes=0-9",
    "x-amz-content-sha256": emptySha256,
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  }),
  "a PUT to an encoded key": signed("PUT", "/test%24file.text", {
    date: "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  }),
  "a query without a value": signed("GET", "/?lifecycle", {
    "x-amz-content-sha256": emptySha256,
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  }),
  "a query of several parameters": signed("GET", "/?prefix=J&max-keys=2", {
    "x-amz-content-sha256": emptySha256,
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  }),
  "a presigned GET": {
    method: "GET",
    url: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(`${credential.accessKeyId}/${scope}`)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    headers: { host },
  },
};

describe("Signature Version 4", () => {
  const verify = (request: SignedRequest) =>
    verifySignature(request, {
      service: "s3",
      region: "us-east-1",
      credentials,
      now: new Date("2013-05-24T00:00:00Z"),
    });

  for (const [name, example] of Object.entries(examples)) {
    it(`accepts AWS's example of ${name}, and refuses it with another method`, () => {
      expect(verify(example).principalArn).to.equal(credential.principalArn);
      expect(() => verify({ ...example, method: "DELETE" })).to.throw("does not match");
    });
  }

  const { "a presigned GET": presigned, "a GET of a range": header } = examples;
  const malformed: [string, SignedRequest | undefined, (text: string) => string][] = [
    ["X-Amz-Expires must be", presigned, (text) => text.replace("86400", "604801")],
    ["are required", presigned, (text) => text.replace("X-Amz-Date=", "X-Amz-Day=")],
    ["incorrect service", presigned, (text) => text.replace("%2Fs3%2F", "%2Fsns%2F")],
    ["mal-formed", presigned, (text) => text.replace("aws4_request", "aws4")],
    ["Only one auth mechanism", header, (text) => text.replace("/test.txt", "/test.txt?X-Amz-Signature=0")],
    ["are required", header, (text) => text.replace("SignedHeaders=", "Signed=")],
    ["not supported", header, (text) => text.replace("AWS4-HMAC-SHA256", "AWS")],
    ["yyyyMMdd", header, (text) => text.replace("20130524T000000Z", "20130524")],
  ];
  for (const [message, request, change] of malformed) {
    it(`refuses a malformed signature with "${message}"`, () => {
      expect(() => verify(JSON.parse(change(JSON.stringify(request))))).to.throw(message);
    });
  }
});
