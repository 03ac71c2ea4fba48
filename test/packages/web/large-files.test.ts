import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { describeInBrowser } from "./browser.ts";
import { choose, hold, type PagePipeline, photo, settled, startPagePipeline } from "./gallery.ts";

const mib = 2 ** 20;

describeInBrowser("large files on the page", (visit) => {
  let pipeline: PagePipeline;
  before(async () => {
    pipeline = await startPagePipeline({ "henkan:multipartThresholdMiB": 5, "henkan:maxUploadMiB": 20 });
  });
  after(() => pipeline?.close());

  it("shows that a file is too large until people dismiss it or drop another", async () => {
    const page = await visit(pipeline.pageUrl);
    const shown = page.getByRole("alert").getByRole("listitem");
    const sentence = (name: string) =>
      `${name} was not uploaded. The file is too large. At most 20.9 MB can be uploaded.`;
    await chooseLarge(page, "huge.bin", 21 * mib);
    await shown.waitFor();
    expect(await shown.allTextContents()).to.deep.equal([sentence("huge.bin")]);
    expect(await page.locator(".uppy-Informer p").count()).to.equal(0);

    await chooseLarge(page, "vast.bin", 22 * mib);
    await shown.getByText("vast.bin").waitFor();
    expect(await shown.allTextContents()).to.deep.equal([sentence("vast.bin")]);
    await page.getByRole("button", { name: "Dismiss vast.bin" }).click();
    await shown.waitFor({ state: "detached" });

    await chooseLarge(page, "huge.bin", 21 * mib);
    await shown.waitFor();
    await choose(page, await photo("small.jpg", 100));
    await shown.waitFor({ state: "detached" });
    await settled(page, "small.jpg");
  });

  it("sends a large file in parts, and after a failure only the missing ones", async () => {
    const page = await visit(pipeline.pageUrl);
    const sent: string[] = [];
    let isBroken = true;
    await page.route(`${pipeline.cloud.urls.s3}/**`, (route) => {
      const part = new URL(route.request().url()).searchParams.get("partNumber");
      if (route.request().method() !== "PUT" || part === null) return route.continue();
      if (part === "2" && isBroken) return route.abort("connectionreset");
      sent.push(part);
      return route.continue();
    });
    await chooseLarge(page, "large.bin", 9 * mib);
    await page.getByText("The storage cannot be reached. Check your connection").first().waitFor();
    isBroken = false;
    await page.getByRole("button", { name: "Retry" }).first().click();
    await settled(page, "large.bin");
    expect(sent.toSorted()).to.deep.equal([...new Set(sent)].toSorted());
    expect(sent.length).to.be.greaterThan(1);
  });

  it("aborts a multipart upload in S3 when people cancel it", async () => {
    const page = await visit(pipeline.pageUrl);
    const held = await hold(page, `${pipeline.cloud.urls.s3}/**partNumber=2**`);
    await chooseLarge(page, "cancelled.bin", 9 * mib);
    await held.reached;
    const ended = page.waitForRequest((request) => request.method() === "DELETE");
    await page.getByRole("button", { name: "Cancel" }).first().click();
    const response = await (await ended).response();
    expect(response?.status()).to.equal(204);
    held.release();
  });
});

/** A file of zeros in a folder. Playwright would pass the contents of a file without a path through the debugger. */
async function chooseLarge(page: Page, name: string, bytes: number): Promise<void> {
  const folder = temporaryDirectory();
  const path = join(folder.path, name);
  writeFileSync(path, "");
  truncateSync(path, bytes);
  await page.locator(".uppy-Dashboard-input").first().setInputFiles(path);
  page.context().once("close", () => folder.remove());
}
