import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { blobsOf, bucket, type Endpoint, errorOf, refusalOf, startEndpoint } from "./endpoint.ts";

const mib = 1024 ** 2;
const first = randomBytes(5 * mib);
const second = randomBytes(5 * mib + 1);
const last = Buffer.from("the end");
const whole = Buffer.concat([first, second, last]);

describe("S3 multipart uploads", () => {
  let s3: Endpoint;
  before(async () => {
    s3 = await startEndpoint();
  });
  after(() => s3.stop());

  const begin = async (key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const address = { Bucket: bucket, Key: key };
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ ...address, ...more }));
    const upload = { ...address, UploadId };
    return {
      ...upload,
      part: async (PartNumber: number, Body: Buffer): Promise<CompletedPart> => ({
        PartNumber,
        ...(await s3.client.send(
          new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: more.ChecksumAlgorithm }),
        )),
      }),
      complete: (Parts: CompletedPart[], options = {}) =>
        s3.client.send(
          new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...options }),
        ),
      abort: () => s3.client.send(new AbortMultipartUploadCommand(upload)),
      listParts: (options = {}) => s3.client.send(new ListPartsCommand({ ...upload, ...options })),
    };
  };
  const contentOf = async (key: string) => {
    const { Body } = await s3.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  it("join parts that arrive out of order, and delete replaced and unused parts", async () => {
    const blobs = blobsOf(s3).length;
    const upload = await begin("joined", { ContentType: "image/png", Metadata: { from: "test" } });
    const third = await upload.part(30, last);
    await upload.part(10, second);
    await upload.part(15, last);
    const parts = [await upload.part(10, first), await upload.part(20, second), third];
    const { ETag } = await upload.complete(parts);
    const digests = [first, second, last].map((part) => createHash("md5").update(part).digest());
    expect(ETag).to.equal(`"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-3"`);
    expect((await contentOf("joined")).equals(whole)).to.equal(true);
    expect(blobsOf(s3)).to.have.length(blobs + 3);
    expect(s3.store.head(bucket, "joined")).to.deep.include({
      contentType: "image/png",
      metadata: { from: "test" },
    });
  });

  it("serve a range that spans two parts", async () => {
    const { Body, ContentRange } = await s3.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: "joined", Range: `bytes=${5 * mib - 2}-${5 * mib + 1}` }),
    );
    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).to.deep.equal(
      whole.subarray(5 * mib - 2, 5 * mib + 2),
    );
    expect(ContentRange).to.equal(`bytes ${5 * mib - 2}-${5 * mib + 1}/${whole.length}`);
  });

  it("work with the SDK's lib-storage and a stream", async () => {
    const upload = new Upload({
      client: s3.client,
      params: { Bucket: bucket, Key: "streamed", Body: Readable.from(chunksOf(whole)) },
      partSize: 5 * mib,
    });
    await upload.done();
    expect((await contentOf("streamed")).equals(whole)).to.equal(true);
    expect(s3.store.head(bucket, "streamed")?.checksum).to.include({ algorithm: "CRC32", type: "COMPOSITE" });
  });

  for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
    it(`have the same full-object ${algorithm} as a single PUT of the same bytes`, async () => {
      const upload = await begin(algorithm, { ChecksumAlgorithm: algorithm, ChecksumType: "FULL_OBJECT" });
      const parts = [await upload.part(1, first), await upload.part(2, second), await upload.part(3, last)];
      const completed = await upload.complete(parts);
      const single = await s3.client.send(
        new PutObjectCommand({ Bucket: bucket, Key: "single", Body: whole, ChecksumAlgorithm: algorithm }),
      );
      const field = `Checksum${algorithm}` as const;
      expect(completed[field]).to.equal(single[field]).and.to.be.a("string");
      expect((await contentOf(algorithm)).equals(whole)).to.equal(true);
    });
  }

  it("can be sent and completed with presigned URLs alone", async () => {
    const upload = await begin("presigned");
    const { Bucket, Key, UploadId } = upload;
    const client = s3.connect({ requestChecksumCalculation: "WHEN_REQUIRED" });
    const partUrl = await getSignedUrl(
      client,
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, ContentLength: last.length }),
    );
    expect(await errorOf(await fetch(partUrl, { method: "PUT", body: "another length" }))).to.include({
      status: 403,
    });
    const { headers } = await fetch(partUrl, { method: "PUT", body: last });
    const completeUrl = await getSignedUrl(
      client,
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, IfNoneMatch: "*" }),
    );
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers.get("etag")}</ETag></Part></CompleteMultipartUpload>`;
    const send = (more: Record<string, string>) =>
      fetch(completeUrl, { method: "POST", body, headers: more });
    expect(await errorOf(await send({}))).to.include({ status: 403, code: "SignatureDoesNotMatch" });
    expect((await send({ "if-none-match": "*" })).status).to.equal(200);
    expect((await contentOf("presigned")).equals(last)).to.equal(true);
  });

  const mistakes: Record<string, (parts: CompletedPart[]) => CompletedPart[]> = {
    InvalidPartOrder: ([one, two]) => [two ?? {}, one ?? {}],
    InvalidPart: ([one, two]) => [one ?? {}, { ...two, ETag: one?.ETag }],
    EntityTooSmall: ([one, two, three]) => [one ?? {}, three ?? {}, two ?? {}],
  };
  for (const [code, mistake] of Object.entries(mistakes)) {
    it(`refuse a completion with ${code}, and stay open`, async () => {
      const upload = await begin(code);
      const parts = [await upload.part(1, first), await upload.part(4, second), await upload.part(3, last)];
      expect(await refusalOf(upload.complete(mistake(parts)))).to.include({ status: 400, code });
      expect((await upload.listParts()).Parts).to.have.length(3);
      await upload.abort();
    });
  }

  it("refuse a completion whose part checksums are wrong or missing", async () => {
    const upload = await begin("sums", { ChecksumAlgorithm: "SHA256" });
    const part = await upload.part(1, last);
    const { ChecksumSHA256: _, ...bare } = part;
    const wrong = { ...bare, ChecksumSHA256: createHash("sha256").update("x").digest("base64") };
    expect(await refusalOf(upload.complete([wrong]))).to.include({ code: "InvalidPart" });
    expect(await refusalOf(upload.complete([bare]))).to.include({ code: "InvalidRequest" });
    await upload.complete([part]);
  });

  it("do not replace an existing object when the completion has If-None-Match", async () => {
    const upload = await begin("joined");
    const parts = [await upload.part(1, last)];
    expect(await refusalOf(upload.complete(parts, { IfNoneMatch: "*" }))).to.include({
      status: 412,
      code: "PreconditionFailed",
    });
    await upload.abort();
  });

  it("are listed until they end, and their parts page by page", async () => {
    const upload = await begin("listed");
    for (const number of [2, 1, 3]) await upload.part(number, last);
    const page = await upload.listParts({ MaxParts: 2 });
    expect(page.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([1, 2]);
    const rest = await upload.listParts({ PartNumberMarker: page.NextPartNumberMarker });
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([3]);
    const uploads = () =>
      s3.client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: "listed" }));
    expect((await uploads()).Uploads?.map(({ UploadId }) => UploadId)).to.deep.equal([upload.UploadId]);
    await upload.abort();
    expect((await uploads()).Uploads ?? []).to.deep.equal([]);
  });

  it("leave no parts behind when aborted, and do not exist after that", async () => {
    const before = blobsOf(s3);
    const upload = await begin("aborted");
    await upload.part(1, last);
    await upload.abort();
    expect(blobsOf(s3)).to.deep.equal(before);
    expect(await refusalOf(upload.part(1, last))).to.include({ status: 404, code: "NoSuchUpload" });
  });

  it("delete the blob of a part that the database cannot record", async () => {
    const failing = await startEndpoint();
    try {
      const attributes = { contentType: "text/plain", metadata: {} };
      const upload = failing.store.uploads.create({ bucket, key: "k", initiated: new Date(), attributes });
      failing.database.exec("DROP TABLE s3_parts");
      const part = failing.store.uploads.putPart(upload, 1, Readable.from([last]));
      expect(await part.catch((error: Error) => error.message)).to.contain("no such table");
      expect(blobsOf(failing)).to.deep.equal([]);
    } finally {
      await failing.stop();
    }
  });
});

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += mib) yield bytes.subarray(start, start + mib);
}
