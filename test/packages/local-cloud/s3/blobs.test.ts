import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { BlobDirectory } from "../../../../packages/local-cloud/s3/blobs.ts";

async function* chunks(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function* cutOff() {
  yield Buffer.from("half");
  await sleep(50);
  throw new Error("The client is gone");
}

describe("BlobDirectory", () => {
  let directory: string;
  let blobs: BlobDirectory;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "henkan-blobs-"));
    blobs = new BlobDirectory(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("deletes a removed blob when its last reader has ended", async () => {
    const { blob } = await blobs.write(chunks("pixels"));
    const reader = blobs.read([blob], { start: 0, end: blob.bytes - 1 });
    blobs.remove([blob.name]);
    expect(Buffer.concat(await reader.toArray()).toString()).to.equal("pixels");
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it("waits for a write that is cut off before it closes, and keeps no part of it", async () => {
    const write = blobs.write(cutOff()).catch((error: Error) => error.message);
    while (readdirSync(directory).length === 0) await sleep(1);
    await blobs.close();
    expect(readdirSync(directory)).to.deep.equal([]);
    expect(await write).to.equal("The client is gone");
  });

  it("deletes a removed blob when it closes, although its reader has not ended", async () => {
    const { blob } = await blobs.write(chunks("pixels"));
    const { blob: kept } = await blobs.write(chunks("kept"));
    const reader = blobs.read([blob], { start: 0, end: blob.bytes - 1 });
    blobs.remove([blob.name]);
    await blobs.close();
    expect(readdirSync(directory)).to.deep.equal([kept.name]);
    reader.destroy();
  });
});
