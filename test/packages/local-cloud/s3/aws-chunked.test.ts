import { Readable } from "node:stream";
import { expect } from "chai";
import { decodeAwsChunked } from "../../../../packages/local-cloud/s3/aws-chunked.ts";

const encoded = "5\r\nhello\r\n6;ignored=1\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";

describe("aws-chunked bodies", () => {
  const decode = async (text: string, pieceBytes = text.length) => {
    const pieces = Array.from({ length: Math.ceil(text.length / pieceBytes) }, (_, index) =>
      Buffer.from(text.slice(index * pieceBytes, (index + 1) * pieceBytes)),
    );
    const trailers = new Map<string, string>();
    const body = decodeAwsChunked(Readable.from(pieces), trailers);
    return { body: Buffer.concat(await Readable.from(body).toArray()).toString(), trailers };
  };

  for (const pieceBytes of [1, 2, 7, 1000]) {
    it(`are decoded from pieces of ${pieceBytes} bytes`, async () => {
      const { body, trailers } = await decode(encoded, pieceBytes);
      expect(body).to.equal("hello world");
      expect([...trailers]).to.deep.equal([["x-amz-checksum-crc32", "DUoRhQ=="]]);
    });
  }

  const malformed = {
    "an early end": encoded.slice(0, 20),
    "a chunk longer than its size": "4\r\nhello\r\n0\r\n\r\n",
    "a size that is not a number": "five\r\nhello\r\n0\r\n\r\n",
    "a header that does not end": "5".repeat(10_000),
  };
  for (const [mistake, text] of Object.entries(malformed)) {
    it(`are refused when they have ${mistake}`, async () => {
      const outcome = await decode(text, 100).catch((error: unknown) => error);
      expect(outcome).to.have.property("status", 400);
    });
  }

  it("release their source when the reader stops", async () => {
    const source = Readable.from([Buffer.from("5\r\nhel"), Buffer.from("lo\r\n0\r\n\r\n")]);
    for await (const _ of decodeAwsChunked(source.iterator({ destroyOnReturn: false }), new Map())) break;
    expect(source.listenerCount("readable")).to.equal(0);
  });
});
