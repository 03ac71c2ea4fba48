import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import sharp from "sharp";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { finished, put, putOf, upload } from "../support/uploads.ts";
import { unzip } from "../unzip.ts";

const sample = (name: string) => readFileSync(join(projectDirectory, "samples", name));
const png = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 4, background } })
    .png()
    .toBuffer();

describe("the pipeline, end to end", () => {
  const data = temporaryDirectory();
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await startPipeline(data.path);
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  it("makes every variant of a photo and serves it from the CDN", async () => {
    const { id, variants } = await upload(pipeline, "garden.png", "image/png", sample("garden.png"));
    const status = await finished(pipeline, id);
    expect(status.state).to.equal("complete");
    expect(status.variants.map(({ name }) => name)).to.deep.equal(["thumbnail", "preview", "jpg", "archive"]);
    expect(
      status.variants.map(({ url }) => url),
      "URLs are known before",
    ).to.deep.equal(variants.map(({ url }) => url));
    const { width, height } = await sharp(sample("garden.png")).metadata();
    for (const { name, url = "", contentType, bytes, width: w, height: h } of status.variants) {
      const response = await fetch(url);
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.status, name).to.equal(200);
      expect(response.headers.get("content-type"), name).to.equal(contentType);
      expect(body.length, name).to.equal(bytes);
      if (name === "archive") {
        const [{ entry, contents } = {}] = await unzip(body);
        expect([entry?.fileName, contents]).to.deep.equal(["garden.png", sample("garden.png")]);
        expect(response.headers.get("content-disposition")).to.equal("attachment");
      } else {
        const image = await sharp(body).metadata();
        expect([image.width, image.height], name).to.deep.equal([w, h]);
        expect((w ?? 0) / (h ?? 1), name).to.be.closeTo(width / height, 0.02);
        expect(`image/${image.format}`, name).to.equal(contentType);
      }
    }
  });

  it("announces each variant once, with its URL", async () => {
    const { id } = await upload(pipeline, "a.png", "image/png", await png(40, 30, "#336699"));
    const { variants } = await finished(pipeline, id);
    const events = pipeline.events.filter(({ uploadId }) => uploadId === id);
    expect(events.map(({ variant }) => variant)).to.have.members(variants.map(({ name }) => name));
    expect(events.map(({ url }) => url)).to.have.members(variants.map(({ url }) => url));
  });

  it("shows a phone photo upright", async () => {
    const source = sample("lighthouse-phone.jpg");
    const stored = await sharp(source).metadata();
    expect(stored.orientation).to.be.greaterThan(4);
    const { id } = await upload(pipeline, "IMG 1.JPG", "image/jpeg", source);
    const thumbnail = (await finished(pipeline, id)).variants.find(({ name }) => name === "thumbnail");
    expect((thumbnail?.width ?? 0) > (thumbnail?.height ?? 0)).to.equal(stored.width < stored.height);
  });

  it("converts and serves files with unusual names, each under its own", async () => {
    const names = [
      "a b+c.png",
      "100%.png",
      "naïve “quotes” & 'co'.png",
      "絵文字 🎉.png",
      "../../etc/passwd.png",
    ];
    const body = await png(20, 20, "#ff0000");
    const uploads = await Promise.all(names.map((name) => upload(pipeline, name, "image/png", body)));
    for (const [index, { id }] of uploads.entries()) {
      const status = await finished(pipeline, id);
      expect(status.state, names[index]).to.equal("complete");
      for (const { url = "" } of status.variants) expect((await fetch(url)).status, url).to.equal(200);
    }
  });

  it("makes only the variants that accept the type of the file", async () => {
    const { id, variants } = await upload(pipeline, "notes.txt", "text/plain", Buffer.from("hello"));
    expect(variants.map(({ name }) => name)).to.deep.equal(["archive"]);
    const status = await finished(pipeline, id);
    expect(status.variants.map(({ name, state }) => [name, state])).to.deep.equal([["archive", "ready"]]);
  });

  it("records a damaged picture as failed, keeps the upload, and does not retry it", async () => {
    const { id } = await upload(pipeline, "cut.png", "image/png", sample("garden.png").subarray(0, 30_000));
    const status = await finished(pipeline, id);
    expect(status.state).to.equal("partial");
    expect(
      Object.fromEntries(status.variants.map(({ name, state, error }) => [name, error?.code ?? state])),
    ).to.deep.equal({
      thumbnail: "corrupt-input",
      preview: "corrupt-input",
      jpg: "corrupt-input",
      archive: "ready",
    });
    const failed = pipeline.events.filter(({ uploadId, state }) => uploadId === id && state === "failed");
    expect(failed.map(({ variant }) => variant)).to.have.members(["thumbnail", "preview", "jpg"]);
  });

  it("does not serve receipts from the CDN", async () => {
    const { id } = await upload(pipeline, "b.png", "image/png", await png(10, 10, "#000000"));
    await finished(pipeline, id);
    for (const path of [
      `receipts/${id}/jpg.json`,
      `../receipts/${id}/jpg.json`,
      `%2e%2e/receipts/${id}/jpg.json`,
    ]) {
      expect((await fetch(`${pipeline.cloud.urls.cdn}/${path}`)).status, path).to.equal(404);
    }
  });

  it("accepts exactly the announced file, once", async () => {
    const body = await png(10, 10, "#00ff00");
    const created = await pipeline.client.create({
      filename: "once.png",
      contentType: "image/png",
      size: body.length,
    });
    const longer = Buffer.concat([body, Buffer.from("x")]);
    const { url, headers } = putOf(created);
    const otherKey = url.replace("once.png", "twice.png");
    expect((await put(created, longer)).status, "another length").to.equal(403);
    expect(
      (await put(created, body, { headers: { "content-type": "text/html" } })).status,
      "another type",
    ).to.equal(403);
    expect((await put(created, body, { url: otherKey })).status, "another key").to.equal(403);
    const { "if-none-match": _, ...unconditional } = headers;
    expect(
      (
        await fetch(url, {
          method: "PUT",
          headers: unconditional,
          body: Uint8Array.from(body),
        })
      ).status,
      "without if-none-match",
    ).to.equal(403);
    expect((await put(created, body)).status, "as announced").to.equal(200);
    expect((await put(created, body)).status, "a second time").to.equal(412);
  });

  it("refuses a file whose SHA-256 differs from the announced one", async () => {
    const body = Buffer.from("the file");
    const sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", body)).toString("hex");
    const created = await pipeline.client.create({
      filename: "a.bin",
      contentType: "application/octet-stream",
      size: body.length,
      sha256,
    });
    expect((await put(created, Buffer.from("THE FILE"))).status, "other bytes").to.equal(400);
    expect((await put(created, body)).status, "the bytes").to.equal(200);
  });
});
