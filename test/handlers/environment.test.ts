import { expect } from "chai";
import { convertEnvironment } from "../../handlers/convert/environment.ts";
import { uploadApiEnvironment } from "../../handlers/upload-api/environment.ts";

const convert = {
  OUTPUTS_BUCKET: "outputs",
  CONVERSIONS_TOPIC_ARN: "arn:aws:sns:eu-central-1:111111111111:conversions",
  CDN_URL: "https://cdn.example",
  CONVERTER: "resize",
  VARIANTS: '[{"name":"thumbnail","options":{"width":300}}]',
};

const uploadApi = {
  UPLOADS_BUCKET: "uploads",
  OUTPUTS_BUCKET: "outputs",
  CDN_URL: "https://cdn.example/",
  VARIANTS: '[{"name":"thumbnail","converter":"resize","options":{"width":300}}]',
  MAX_UPLOAD_BYTES: "104857600",
  UPLOAD_EXPIRY_SECONDS: "300",
  MULTIPART_THRESHOLD_BYTES: "67108864",
  MULTIPART_EXPIRY_SECONDS: "7200",
};

describe("handler environment", () => {
  it("parses the variants of a converter", () => {
    expect(convertEnvironment(convert).VARIANTS).to.deep.equal([
      { name: "thumbnail", options: { width: 300 } },
    ]);
  });

  it("parses the numbers of the upload API, and removes the trailing slash of the CDN's URL", () => {
    const environment = uploadApiEnvironment(uploadApi);
    expect(environment).to.include({
      CDN_URL: "https://cdn.example",
      MAX_UPLOAD_BYTES: 104_857_600,
      UPLOAD_EXPIRY_SECONDS: 300,
      MULTIPART_THRESHOLD_BYTES: 67_108_864,
      MULTIPART_EXPIRY_SECONDS: 7_200,
    });
    expect(environment.VARIANTS[0]?.converter.accepts).to.be.an("array");
  });

  for (const name of Object.keys(convert)) {
    it(`names ${name} when a converter lacks it`, () => {
      expect(() => convertEnvironment({ ...convert, [name]: undefined })).to.throw(`${name} is not set`);
    });
  }

  for (const name of Object.keys(uploadApi)) {
    it(`names ${name} when the upload API lacks it`, () => {
      expect(() => uploadApiEnvironment({ ...uploadApi, [name]: undefined })).to.throw(`${name} is not set`);
    });
  }

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["CDN_URL", "cdn.example", /CDN_URL: .*URL.*cdn\.example/],
    ["VARIANTS", "[", /VARIANTS: .*JSON/],
    [
      "VARIANTS",
      '[{"name":"a","converter":"blur","options":{}}]',
      /VARIANTS\.0\.converter: .*resize.*"blur"/,
    ],
    ["VARIANTS", '[{"name":"a","converter":"zip"}]', /VARIANTS\.0\.options: /],
    ["MAX_UPLOAD_BYTES", "100 MB", /MAX_UPLOAD_BYTES: .*whole number.*100 MB/],
    ["UPLOAD_EXPIRY_SECONDS", "0", /UPLOAD_EXPIRY_SECONDS: .*>=1/],
  ];
  for (const [name, value, message] of wrong) {
    it(`describes the mistake in ${name}=${value}`, () => {
      expect(() => uploadApiEnvironment({ ...uploadApi, [name]: value })).to.throw(message);
    });
  }

  it("names every wrong variable in one message", () => {
    expect(() => convertEnvironment({})).to.throw(/OUTPUTS_BUCKET.*CONVERSIONS_TOPIC_ARN.*VARIANTS/);
  });
});
