import { expect } from "chai";
import type { Page } from "playwright-core";
import { until } from "../../support/until.ts";
import { describeInBrowser, type Visit } from "./browser.ts";
import {
  card,
  choose,
  drawing,
  type File,
  hold,
  type PagePipeline,
  photo,
  pictureWidths,
  settled,
  startPagePipeline,
  text,
} from "./gallery.ts";

describeInBrowser("the page", suite, { camera: "allowed" });

function suite(visit: Visit): void {
  let pipeline: PagePipeline;
  before(async () => {
    pipeline = await startPagePipeline();
  });
  after(() => pipeline?.close());

  it("uploads dropped files, shows their progress and then their variants", async () => {
    const page = await visit(pipeline.pageUrl);
    await slowUploads(page, 600_000);
    const photos = await Promise.all(["one.jpg", "two.jpg"].map((name) => photo(name, 1800)));
    await drop(page, [...photos, text("report.pdf", "application/pdf", "%PDF-1.4")]);

    const progress = page.getByRole("progressbar");
    const shares = new Set<number>();
    await until(async () => {
      // Only the bars that exist now, since waiting for one could take longer than the upload.
      const now = await progress.evaluateAll((bars) => bars.map((bar) => bar.getAttribute("aria-valuenow")));
      for (const share of now) shares.add(Number(share));
      return (await page.getByRole("article").count()) === 3;
    });
    expect([...shares].some((share) => share > 0 && share < 100)).to.equal(true);

    for (const { name } of photos) {
      const found = await settled(page, name);
      expect(await found.getByRole("heading", { level: 4 }).allTextContents()).to.deep.equal([
        "thumbnail",
        "preview",
        "archive",
      ]);
      expect(await pictureWidths(found)).to.deep.equal([300, 1280]);
      expect(await found.locator(".dimensions").first().textContent()).to.equal("300 × 200");
      expect(await found.locator(".saved").first().textContent()).to.match(/^−\d+%\d+% smaller$/);
    }
    const report = await settled(page, "report.pdf");
    expect(await report.getByRole("heading", { level: 4 }).allTextContents()).to.deep.equal(["archive"]);
    await page.getByText("Drop or paste files here").waitFor();
  });

  it("shows placeholders until the variants are ready", async () => {
    const page = await visit(pipeline.pageUrl);
    const held = await hold(page, `${pipeline.cloud.urls.api}/uploads/*`);
    await choose(page, await photo("slow.jpg"));
    await card(page, "slow.jpg").waitFor();
    expect(await card(page, "slow.jpg").locator("[aria-busy=true]").count()).to.equal(3);
    held.release();
    await settled(page, "slow.jpg");
  });

  it("keeps the list across a reload, and clears it on request", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await photo("kept.jpg"));
    await settled(page, "kept.jpg");
    await page.reload();
    const found = await settled(page, "kept.jpg");
    expect(await pictureWidths(found)).to.deep.equal([300, 600]);
    await page.getByRole("button", { name: "Clear list" }).click();
    await found.waitFor({ state: "detached" });
    const heading = page.getByRole("heading", { level: 1 });
    expect(await heading.evaluate((element) => element === element.ownerDocument.activeElement)).to.equal(
      true,
    );
    await page.reload();
    await page.getByText("Drop or paste files here").waitFor();
    expect(await page.getByRole("article").count()).to.equal(0);
  });

  it("downloads every variant of a file with its own name", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await drawing("sign.png"));
    await settled(page, "sign.png");
    const names: string[] = [];
    page.on("download", (download) => names.push(download.suggestedFilename()));
    await page.getByRole("button", { name: "Download all variants of sign.png" }).click();
    await until(() => names.length === 4);
    expect(names.toSorted()).to.deep.equal([
      "sign-archive.zip",
      "sign-jpg.jpg",
      "sign-preview.webp",
      "sign-thumbnail.png",
    ]);
  });

  it("shows unusual names as text, never as markup", async () => {
    const page = await visit(pipeline.pageUrl);
    const names = [
      'a "quoted" <img src=x onerror=alert(1)> & 100% + 😀.png',
      "شعار الشركة.png",
      "..\\..\\up.png",
      `${"long ".repeat(49)}.png`,
    ];
    await choose(page, ...(await Promise.all(names.map(drawing))));
    for (const name of names) {
      const found = await settled(page, name);
      expect(await found.getByRole("heading", { level: 3 }).textContent()).to.equal(name);
      expect(await pictureWidths(found)).to.deep.equal([64, 64, 64]);
    }
    expect(await page.locator('img[src="x"]').count()).to.equal(0);
    await choose(page, await drawing("invoice\u202Egnp.exe.png"));
    await settled(page, "invoicegnp.exe.png");
  });

  it("works at localhost as well", async () => {
    const page = await visit(pipeline.pageUrl.replace("127.0.0.1", "localhost"));
    await choose(page, await photo("local.jpg"));
    expect(await pictureWidths(await settled(page, "local.jpg"))).to.deep.equal([300, 600]);
  });

  it("takes pictures with the camera", async () => {
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("tab", { name: "Take a picture" }).click();
    await page.locator(".uppy-Webcam-video").waitFor();
    await page.locator(".uppy-Webcam-button--picture").click();
    await page.getByRole("button", { name: "Upload this picture" }).click();
    const found = page.getByRole("article").first();
    await found.locator(".state.ready").waitFor();
    expect(await found.getByRole("heading", { level: 3 }).textContent()).to.match(/^cam-\d+\.jpg$/);
  });

  it("makes room for the uploads on a phone when there are some", async () => {
    const page = await visit(pipeline.pageUrl, { viewport: { width: 375, height: 812 } });
    const height = async () => (await page.locator(".uppy-Dashboard-inner").boundingBox())?.height;
    await page.getByRole("tab", { name: "Choose files" }).waitFor();
    expect(await height()).to.equal(340);
    await choose(page, await photo("pocket.jpg"));
    const found = await settled(page, "pocket.jpg");
    await page.getByRole("tab", { name: "Choose files" }).waitFor();
    await page.locator(".uppy-DashboardContent-bar").waitFor({ state: "detached" });
    expect(await height()).to.equal(160);
    await found.locator(".preview img").first().waitFor();
    const picture = await found.locator(".preview img").first().boundingBox();
    expect((picture?.y ?? 0) + (picture?.height ?? 0)).to.be.within(1, 812);
  });
}

/** Limits everything that the page sends, in bytes per second. */
async function slowUploads(page: Page, uploadThroughput: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput,
  });
}

/** Drops files on the page as a desktop does. */
async function drop(page: Page, files: readonly File[]): Promise<void> {
  const plain = files.map(({ buffer, ...file }) => ({ ...file, base64: buffer.toString("base64") }));
  const dataTransfer = await page.evaluateHandle((dropped) => {
    interface Transfer {
      items: { add(file: unknown): void };
    }
    const { DataTransfer, File } = globalThis as unknown as {
      DataTransfer: new () => Transfer;
      File: new (parts: Uint8Array[], name: string, options: { type: string }) => unknown;
    };
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of dropped) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, plain);
  await page.dispatchEvent(".uppy-Dashboard-AddFiles", "drop", { dataTransfer });
}
