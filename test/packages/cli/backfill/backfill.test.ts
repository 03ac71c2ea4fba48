import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import type { StoredObject } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { newUploadId } from "../../../../handlers/upload-api/upload-id.ts";
import type { Pipeline } from "../../../support/pipeline.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";
import { finished, upload } from "../../../support/uploads.ts";
import { withStage } from "./running-stage.ts";

const sample = (name: string) => readFileSync(join(projectDirectory, "samples", name));
const thumbnail = { converter: "resize", width: 300, height: 300 };
const archive = { converter: "zip" };
const awkwardName = "a b+c%20 ü😀.png";

async function uploadSamples(pipeline: Pipeline) {
  const png = await upload(pipeline, awkwardName, "image/png", sample("garden.png"));
  const jpg = await upload(pipeline, "lighthouse.jpg", "image/jpeg", sample("lighthouse-phone.jpg"));
  const text = await upload(pipeline, "notes.txt", "text/plain", Buffer.from("notes"));
  for (const { id } of [png, jpg, text]) await finished(pipeline, id);
  return { png, jpg, text };
}

async function uploadSamplePng(pipeline: Pipeline) {
  const png = await upload(pipeline, "garden.png", "image/png", sample("garden.png"));
  await finished(pipeline, png.id);
  return { png, paths: await pathsOf(pipeline, png.id) };
}

async function pathsOf({ client }: Pipeline, id: string): Promise<string[]> {
  const { variants } = await client.status(id);
  return variants.flatMap(({ url }) => (url === undefined ? [] : [new URL(url).pathname]));
}

async function stateOf({ client }: Pipeline, id: string, variant: string): Promise<string | undefined> {
  const { variants } = await client.status(id);
  return variants.find(({ name }) => name === variant)?.state;
}

function emptyObject(bucket: unknown, key: string): StoredObject {
  const lastModified = new Date();
  const [contentType, etag] = ["text/plain", "d41d8cd98f00b204e9800998ecf8427e"];
  return { bucket: String(bucket), key, contentType, etag, bytes: 0, lastModified, metadata: {}, blobs: [] };
}

describe("henkan backfill", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(() => data.remove());

  it("makes a new variant of the stage for all earlier uploads, and nothing twice", async () => {
    const { png, jpg, text } = await withStage(data.path, { thumbnail, archive }, uploadSamples);
    await withStage(data.path, { thumbnail, archive, jpg: { converter: "png-to-jpg" } }, async (stage) => {
      expect(await stateOf(stage, png.id, "jpg")).to.equal("pending");

      const dryRun = await stage.backfill("--dry-run");
      expect(dryRun.code).to.equal(0);
      expect(dryRun.stderr).to.equal("Backfill of stage end-to-end on this machine\n");
      expect(dryRun.stdout).to.match(/^jpg +1 +0 +0 +0 +0$/m);
      expect(dryRun.stdout).to.contain(
        "1 event to publish, to make 1 variant. At 10 per second, this takes at least 1 second.",
      );
      expect(dryRun.stdout).to.contain(
        "Messages to converters: resize 1, zip 1, png-to-jpg 1; 2 of them need no work.",
      );
      expect(dryRun.stdout).to.match(/Estimated cost if it ran on AWS: .*us-east-1 on 2026-/);
      expect(await stateOf(stage, png.id, "jpg")).to.equal("pending");

      const { code, document } = await stage.report("--yes");
      expect(code).to.equal(0);
      expect(document.plan.bytesToRead).to.equal(sample("garden.png").length);
      expect(document.outcome).to.deep.equal({
        published: 1,
        unpublished: 0,
        ready: 1,
        failed: 0,
        pending: 0,
        failures: [],
        unchanged: 5,
      });
      for (const { id } of [png, jpg, text])
        expect((await stage.client.status(id)).state).to.equal("complete");
      expect(stage.events.map(({ uploadId, variant }) => [uploadId, variant])).to.deep.equal([
        [png.id, "jpg"],
      ]);

      const again = await stage.backfill("--yes");
      expect([again.code, again.stdout.endsWith("\n\nNothing to do.\n")]).to.deep.equal([0, true]);
    });
  });

  it("makes variants of other settings or other bytes again, and only the named one with --variant", async () => {
    const { png, jpg } = await withStage(data.path, { thumbnail, archive }, uploadSamples);
    const smaller = { ...thumbnail, width: 100 };
    await withStage(data.path, { thumbnail: smaller, archive: { ...archive, level: 9 } }, async (stage) => {
      const { store } = stage.cloud;
      const { uploadsBucket } = stage.graph.outputs;
      // The store publishes no event, so this is an upload whose event was lost.
      await store.put(
        String(uploadsBucket),
        `${jpg.id}/lighthouse.jpg`,
        sample("lighthouse-phone.jpg").subarray(0, 150_000),
        {
          contentType: "image/jpeg",
          metadata: {},
        },
      );
      const { document } = await stage.report("--dry-run", "--variant", "thumbnail");
      expect(document.plan.variants).to.deep.equal([
        { name: "thumbnail", missing: 0, otherSettings: 1, otherSource: 1, failed: 0, unchanged: 0 },
      ]);
      expect(document.plan).to.include({ uploads: 3, matching: 2, events: 2, variantsToMake: 2 });

      expect((await stage.report("--yes", "--variant", "thumbnail")).document.outcome).to.include({
        published: 2,
      });
      const { variants } = await stage.client.status(png.id);
      expect(variants.find(({ name }) => name === "thumbnail")).to.include({ state: "ready", width: 100 });
      expect(stage.events.map(({ uploadId, variant }) => `${uploadId} ${variant}`)).to.have.members([
        `${png.id} thumbnail`,
        `${jpg.id} thumbnail`,
      ]);
      const { document: rest } = await stage.report("--dry-run");
      expect(rest.plan.variants).to.deep.equal([
        // The picture is truncated, so its variant has failed now.
        { name: "thumbnail", missing: 0, otherSettings: 0, otherSource: 0, failed: 1, unchanged: 1 },
        { name: "archive", missing: 0, otherSettings: 2, otherSource: 1, failed: 0, unchanged: 0 },
      ]);
    });
  });

  it("makes only the named ones of one converter's variants, as the plan counts them", async () => {
    const { png } = await withStage(data.path, { thumbnail }, uploadSamplePng);
    const small = { ...thumbnail, width: 100 };
    const large = { ...thumbnail, width: 400 };
    const variants = { thumbnail: { ...thumbnail, width: 200 }, small, large };
    await withStage(data.path, variants, async (stage) => {
      const { code, document } = await stage.report("--yes", "--variant", "small");
      expect(code).to.equal(0);
      expect(document.plan).to.include({ events: 1, variantsToMake: 1 });
      expect(document.outcome).to.include({ published: 1, ready: 1, pending: 0 });
      expect(stage.events.map(({ variant }) => variant)).to.deep.equal(["small"]);
      expect(await stateOf(stage, png.id, "large")).to.equal("pending");

      expect((await stage.report("--yes")).document.plan).to.include({ events: 1, variantsToMake: 2 });
      expect(stage.events.map(({ variant }) => variant)).to.have.members(["small", "thumbnail", "large"]);
    });
  });

  it("makes another format under another URL, and keeps the output under the old one", async () => {
    const { png, paths: old } = await withStage(data.path, { thumbnail }, uploadSamplePng);
    await withStage(data.path, { thumbnail: { ...thumbnail, format: "webp" } }, async (stage) => {
      expect((await stage.report("--yes")).document.outcome).to.include({ ready: 1 });
      const paths = [...old, ...(await pathsOf(stage, png.id))];
      expect(paths).to.deep.equal(["png", "webp"].map((type) => `/${png.id}/thumbnail/garden.${type}`));
      const types = await Promise.all(
        paths.map(async (path) => (await fetch(stage.cloud.urls.cdn + path)).headers.get("content-type")),
      );
      expect(types).to.deep.equal(["image/png", "image/webp"]);
    });
  });

  it("skips variants that failed before, unless it is asked to try again", async () => {
    await withStage(data.path, { thumbnail }, async (stage) => {
      const { id } = await upload(stage, "broken.png", "image/png", Buffer.from("no picture"));
      await finished(stage, id);
      const { code, stdout } = await stage.backfill("--yes");
      expect(code).to.equal(0);
      expect(stdout).to.contain("Nothing to do. Pass --failed to try again what failed before.");

      const again = await stage.backfill("--yes", "--failed");
      expect(again.code).to.equal(1);
      expect(again.stdout).to.contain(
        "1 event published. 0 variants ready, 1 failed, 0 unchanged, 0 still pending.",
      );
      expect(again.stdout).to.contain(`${id}/broken.png: thumbnail: unsupported-format: `);
      expect(stage.events.map(({ state }) => state)).to.deep.equal(["failed", "failed"]);
    });
  });

  it("plans thousands of uploads with one request per thousand, from a date on and without trials", async () => {
    await withStage(data.path, { thumbnail, archive }, async (stage) => {
      const { uploadsBucket, outputsBucket } = stage.graph.outputs;
      const { store } = stage.cloud;
      const [early, late] = [Date.parse("2026-01-01T00:00:00Z"), Date.parse("2026-03-01T00:00:00Z")];
      store.transaction(() => {
        for (let index = 0; index < 1_050; index++) {
          const id = newUploadId((index % 3 === 0 ? late : early) + index);
          store.commit(emptyObject(uploadsBucket, `${id}/${index}.txt`));
          if (index % 2 === 0) store.commit(emptyObject(outputsBucket, `receipts/${id}/archive.json`));
        }
        store.commit(emptyObject(uploadsBucket, "ffffffff-0000-7000-8000-000000000000/golden.txt"));
        store.commit(emptyObject(uploadsBucket, "0-no-upload.txt"));
      });

      const { document } = await stage.report("--dry-run");
      expect(document.plan).to.include({
        uploads: 1_050,
        matching: 1_050,
        events: 1_050,
        variantsToMake: 1_050,
      });
      // The converters do not count an unreadable receipt either.
      expect(document.plan.requests).to.deep.equal({ list: 3, get: 525 });
      expect(document.plan.messages).to.deep.equal({ resize: 0, zip: 1_050 });

      const { document: recent } = await stage.report("--dry-run", "--since", "2026-03-01");
      expect(recent.since).to.equal("2026-03-01T00:00:00.000Z");
      expect(recent.plan).to.include({ uploads: 350, events: 350 });

      const none = await stage.backfill("--dry-run", "--since", "2026-04-01");
      expect([none.code, none.stdout]).to.deep.equal([
        0,
        "There are no uploads since 2026-04-01T00:00:00.000Z: nothing to do.\n",
      ]);
    });
  });
});
