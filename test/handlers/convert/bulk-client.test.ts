import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { bulkClient } from "../../../handlers/convert/bulk-client.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type Reply, standIn } from "../support/stand-in.ts";

describe("bulkClient", () => {
  let reply: Reply = {};
  const { requests, endpoint } = standIn(() => reply);
  const client = () => bulkClient({ ...clientSettings, endpoint: endpoint.url });
  const address = { Bucket: "outputs", Key: "a" };

  it("sends a body with its CRC32 and no other checksum", async () => {
    await client().send(new PutObjectCommand({ ...address, Body: Buffer.from("123456789") }));
    // The check value of CRC-32/ISO-HDLC, https://reveng.sourceforge.io/crc-catalogue/all.htm, is cbf43926.
    expect(requests[0]?.headers).to.include({
      "x-amz-checksum-crc32": Buffer.from("cbf43926", "hex").toString("base64"),
      "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    });
    expect(requests[0]?.headers.authorization).to.contain("x-amz-checksum-crc32;x-amz-content-sha256");
  });

  it("requests no checksum of an object, and still fails when the object is truncated", async () => {
    reply = { body: "abc" };
    const whole = await client().send(new GetObjectCommand(address));
    expect(await whole.Body?.transformToString()).to.equal("abc");
    expect(requests[0]?.headers).not.to.have.property("x-amz-checksum-mode");
    reply = { body: "abc", headers: { "content-length": "9" }, cut: true };
    const { Body } = await client().send(new GetObjectCommand(address));
    expect(await rejection(Body?.transformToString() ?? expect.fail("no body"))).to.have.property(
      "code",
      "ECONNRESET",
    );
  });
});
