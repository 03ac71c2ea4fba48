import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { bucket, type Endpoint, startEndpoint } from "./endpoint.ts";

const awkward = [
  " leading and trailing ",
  "a b+c%20d%2Bé.png",
  "back\\slash",
  "line\r\nbreak\ttab",
  'quote\'s "double" <&>&amp;&#13;',
  "//double//slash/",
  "dots/../up/./here",
  "😀/表 (1)!*.jpg",
  "?query=1#fragment",
  "\uff5e",
];

describe("S3 keys and listing", () => {
  let s3: Endpoint;
  beforeEach(async () => {
    s3 = await startEndpoint();
  });
  afterEach(() => s3.stop());

  const put = async (...keys: string[]) => {
    for (const Key of keys) await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
  };
  const list = async (more: Partial<ListObjectsV2CommandInput> = {}) => {
    const page = await s3.client.send(new ListObjectsV2Command({ Bucket: bucket, ...more }));
    return {
      keys: page.Contents?.map(({ Key }) => Key) ?? [],
      prefixes: page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
      page,
    };
  };

  it("keep every key unchanged, with the SDK and with presigned URLs", async () => {
    await put(...awkward);
    expect((await list()).keys).to.have.members(awkward);
    for (const Key of awkward) {
      const command = new GetObjectCommand({ Bucket: bucket, Key });
      expect(await (await s3.client.send(command)).Body?.transformToString()).to.equal(Key);
      if (!Key.includes("/.")) {
        expect(await (await fetch(await getSignedUrl(s3.client, command))).text()).to.equal(Key);
      }
    }
  });

  it("sort keys by UTF-8 bytes, not by UTF-16 units", async () => {
    await put("\u{1f600}", "\uff5e", "b", "B", "a/", "a", "é");
    expect((await list()).keys).to.deep.equal(["B", "a", "a/", "b", "é", "\uff5e", "\u{1f600}"]);
  });

  it("group keys by the first delimiter after the prefix", async () => {
    await put("x/a", "x/b/1", "x/b/2", "x/c", "x/d/1", "y");
    const { keys, prefixes, page } = await list({ Prefix: "x/", Delimiter: "/" });
    expect({ keys, prefixes }).to.deep.equal({ keys: ["x/a", "x/c"], prefixes: ["x/b/", "x/d/"] });
    expect(page).to.include({ KeyCount: 4, IsTruncated: false, Prefix: "x/", Delimiter: "/" });
  });

  it("list every key and common prefix once, for every page size", async () => {
    await put("a", "b/1", "b/2", "b/3", "c", "d/1", "e");
    for (const MaxKeys of [1, 2, 3, 5, 7]) {
      const seen: unknown[] = [];
      for await (const page of paginateListObjectsV2(
        { client: s3.client, pageSize: MaxKeys },
        { Bucket: bucket, Delimiter: "/" },
      )) {
        expect(page.KeyCount).to.be.at.most(MaxKeys).and.above(0);
        seen.push(
          ...(page.Contents ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        );
      }
      expect(seen.sort(), `pages of ${MaxKeys}`).to.deep.equal(["a", "b/", "c", "d/", "e"]);
    }
  });

  it("start after a given key, and return no key for MaxKeys 0", async () => {
    await put("a", "b", "c");
    expect((await list({ StartAfter: "a" })).keys).to.deep.equal(["b", "c"]);
    expect((await list({ MaxKeys: 0 })).page).to.include({ KeyCount: 0, IsTruncated: false });
  });

  it("encode keys for EncodingType url", async () => {
    await put("a b/é+\u0001");
    expect((await list({ EncodingType: "url" })).keys).to.deep.equal(["a%20b/%C3%A9%2B%01"]);
  });
});
