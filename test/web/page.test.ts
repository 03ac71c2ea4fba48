import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { temporaryDirectory, until } from "../end-to-end/pipeline.ts";
import { describeInBrowser } from "./browser.ts";
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
  sidewaysScroll,
  startPagePipeline,
  text,
} from "./gallery.ts";

const mib = 2 ** 20;

describeInBrowser("the page", (visit) => {
  let pipeline: PagePipeline;
  before(async () => {
    pipeline = await startPagePipeline({ "henkan:multipartThresholdMiB": 5, "henkan:maxUploadMiB": 20 });
  });
  after(() => pipeline?.close());

  it("takes dropped files, shows their progress and then every variant of each", async () => {
    const page = await visit(pipeline.pageUrl);
    await slowUploads(page, 600_000);
    const photos = await Promise.all(["one.jpg", "two.jpg"].map((name) => photo(name, 1800)));
    await drop(page, [...photos, text("report.pdf", "application/pdf", "%PDF-1.4")]);

    const progress = page.getByRole("progressbar");
    const shares = new Set<number>();
    await until(async () => {
      // Of those there are now: waiting for one would outlast the upload.
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

  it("shows skeletons until variants are there", async () => {
    const page = await visit(pipeline.pageUrl);
    const held = await hold(page, `${pipeline.cloud.urls.api}/uploads/*`);
    await choose(page, await photo("slow.jpg"));
    await card(page, "slow.jpg").waitFor();
    expect(await card(page, "slow.jpg").locator("[aria-busy=true]").count()).to.equal(3);
    held.release();
    await settled(page, "slow.jpg");
  });

  it("says in a sentence why a variant failed, and offers those that did not", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, text("broken.png", "image/png", "no picture at all"));
    const found = await settled(page, "broken.png");
    expect(await found.locator(".failed .problem").allTextContents()).to.deep.equal(
      Array(3).fill("The contents are not of a kind that can be converted."),
    );
    expect(await found.getByRole("link", { name: "Download archive of broken.png" }).count()).to.equal(1);
  });

  it("retries when the API can be reached again", async () => {
    const page = await visit(pipeline.pageUrl);
    const api = `${pipeline.cloud.urls.api}/uploads`;
    await page.route(api, (route) => route.abort("connectionrefused"));
    await choose(page, await photo("patient.jpg"));
    await page.getByText("The upload service cannot be reached. Check your connection").first().waitFor();
    expect(await page.getByText("Failed to fetch").count()).to.equal(0);
    await page.unroute(api);
    await page.getByRole("button", { name: "Retry" }).first().click();
    await settled(page, "patient.jpg");
  });

  it("asks for another link when one has expired", async () => {
    const page = await visit(pipeline.pageUrl);
    let answers = 0;
    await page.route(`${pipeline.cloud.urls.api}/uploads`, async (route) => {
      const response = await route.fetch();
      const created = await response.json();
      if (++answers === 1) created.upload.expiresAt = new Date(0).toISOString();
      await route.fulfill({ response, json: created });
    });
    await choose(page, await photo("late.jpg"));
    await settled(page, "late.jpg");
    expect(answers).to.equal(2);
  });

  it("keeps saying that a file is too large until that is dismissed or another is dropped", async () => {
    const page = await visit(pipeline.pageUrl);
    const told = page.getByRole("alert").getByRole("listitem");
    const sentence = (name: string) =>
      `${name} was not uploaded. The file is too large. At most 20 MB can be uploaded.`;
    await chooseLarge(page, "huge.bin", 21 * mib);
    await told.waitFor();
    expect(await told.allTextContents()).to.deep.equal([sentence("huge.bin")]);
    expect(await page.locator(".uppy-Informer p").count()).to.equal(0);

    await chooseLarge(page, "vast.bin", 22 * mib);
    await told.getByText("vast.bin").waitFor();
    expect(await told.allTextContents()).to.deep.equal([sentence("vast.bin")]);
    await page.getByRole("button", { name: "Dismiss vast.bin" }).click();
    await told.waitFor({ state: "detached" });

    await chooseLarge(page, "huge.bin", 21 * mib);
    await told.waitFor();
    await choose(page, await photo("small.jpg", 100));
    await told.waitFor({ state: "detached" });
    await settled(page, "small.jpg");
  });

  it("tells what the API refuses in its own words", async () => {
    const page = await visit(pipeline.pageUrl);
    const problems = {
      413: "The file is too large. At most 20 MB can be uploaded.",
      415: "Files of this kind cannot be converted here. Accepted are pictures.",
      500: "The upload service has a problem of its own. Try again in a minute.",
    };
    let requests = 0;
    for (const [status, sentence] of Object.entries(problems)) {
      await page.route(`${pipeline.cloud.urls.api}/uploads`, (route) => {
        requests += 1;
        return route.fulfill({
          status: Number(status),
          headers: { "access-control-allow-origin": "*", "content-type": "application/problem+json" },
          body: JSON.stringify({ status: Number(status), detail: "Accepted are pictures" }),
        });
      });
      await choose(page, await photo(`refused-${status}.jpg`));
      await page.getByText(sentence).first().waitFor();
      await page.getByRole("button", { name: "Cancel" }).first().click();
    }
    expect(requests).to.equal(3);
  });

  it("keeps the list across a reload, and clears it when asked", async () => {
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

  it("sends a large file in parts, and after a failure only those that are missing", async () => {
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

  it("ends a large upload at the storage when it is cancelled", async () => {
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

  it("can be used with the keyboard alone", async () => {
    const page = await visit(pipeline.pageUrl, { permissions: ["clipboard-read", "clipboard-write"] });
    const tabTo = async (name: string | RegExp) => {
      const wanted = page
        .getByRole("button", { name })
        .or(page.getByRole("link", { name }))
        .or(page.getByRole("tab", { name }))
        .first();
      await until(async () => {
        await page.keyboard.press("Tab");
        return wanted.evaluate((element) => element === element.ownerDocument.activeElement);
      });
    };
    const dialogue = page.waitForEvent("filechooser");
    await tabTo("Choose files");
    await page.keyboard.press("Enter");
    await (await dialogue).setFiles([await photo("keyboard.jpg")]);
    await settled(page, "keyboard.jpg");

    await tabTo("Copy the link to thumbnail of keyboard.jpg");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Link copied").waitFor();
    const link = await page.evaluate<string>(() =>
      (navigator as unknown as { clipboard: { readText(): Promise<string> } }).clipboard.readText(),
    );
    expect((await fetch(link)).headers.get("content-type")).to.equal("image/jpeg");

    const download = page.waitForEvent("download");
    await tabTo("Download preview of keyboard.jpg");
    await page.keyboard.press("Enter");
    expect((await download).suggestedFilename()).to.equal("keyboard-preview.webp");
  });

  it("takes pictures with the camera", async () => {
    const page = await visit(pipeline.pageUrl, { permissions: ["camera"] });
    await page.getByRole("tab", { name: "Take a picture" }).click();
    await page.locator(".uppy-Webcam-video").waitFor();
    await page.locator(".uppy-Webcam-button--picture").click();
    await page.getByRole("button", { name: "Upload this picture" }).click();
    const found = page.getByRole("article").first();
    await found.locator(".state.ready").waitFor();
    expect(await found.getByRole("heading", { level: 3 }).textContent()).to.match(/^cam-\d+\.jpg$/);
  });

  it("says in a sentence that it may not use the camera", async () => {
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("tab", { name: "Take a picture" }).click();
    const panel = page.getByRole("tabpanel");
    await panel.getByText("The browser does not let this page use it.").waitFor();
    expect(await page.locator(".uppy-Informer p").count()).to.equal(0);
    expect(await page.getByText("Permission denied").count()).to.equal(0);
  });

  it("makes room for the uploads on a phone once there are some", async () => {
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

  it("is no wider than a narrow phone while files convert and when one was not uploaded", async () => {
    const page = await visit(pipeline.pageUrl, { viewport: { width: 320, height: 640 } });
    const held = await hold(page, `${pipeline.cloud.urls.api}/uploads/*`);
    await choose(
      page,
      await drawing("a name that is longer than a phone is wide.png"),
      text("none.png", "image/png", ""),
    );
    await page.getByText("1 file converting").waitFor();
    await page.getByRole("alert").getByText("none.png was not uploaded.").waitFor();
    expect(await sidewaysScroll(page)).to.equal(0);
    held.release();
    await page.getByText("1 file", { exact: true }).waitFor();
    expect(await sidewaysScroll(page)).to.equal(0);
  });

  it("tells screen readers how an upload ended", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await photo("heard.jpg"));
    await page.getByRole("status").getByText("heard.jpg: 3 variants ready").waitFor();
  });

  it("downloads every variant of a file under a name of its own", async () => {
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

  it("shows awkward names as they are, and none of them as markup", async () => {
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

  it("works under the machine's other name as well", async () => {
    const page = await visit(pipeline.pageUrl.replace("127.0.0.1", "localhost"));
    await choose(page, await photo("local.jpg"));
    expect(await pictureWidths(await settled(page, "local.jpg"))).to.deep.equal([300, 600]);
  });

  it("asks again for what an earlier visit left when the API can be reached again", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await photo("patient.jpg"));
    await settled(page, "patient.jpg");
    const api = `${pipeline.cloud.urls.api}/uploads/*`;
    await page.route(api, (route) => route.abort("connectionrefused"));
    await page.reload();
    const problem = page.getByText("The page keeps trying.");
    await problem.waitFor();
    await page.unroute(api);
    await problem.waitFor({ state: "detached" });
  });

  it("says that an upload is no longer kept", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await photo("gone.jpg"));
    await settled(page, "gone.jpg");
    await page.route(`${pipeline.cloud.urls.api}/uploads/*`, async (route) => {
      const response = await route.fetch({
        url: `${pipeline.cloud.urls.api}/uploads/${crypto.randomUUID()}`,
      });
      await route.fulfill({ response });
    });
    await page.reload();
    await card(page, "gone.jpg").getByText("This upload is no longer kept.").waitFor();
  });
});

/** A file of zeros, from a folder: the browser would be handed the contents of any other through the debugger. */
async function chooseLarge(page: Page, name: string, bytes: number): Promise<void> {
  const folder = temporaryDirectory();
  const path = join(folder.path, name);
  writeFileSync(path, "");
  truncateSync(path, bytes);
  await page.locator(".uppy-Dashboard-input").first().setInputFiles(path);
  page.context().once("close", () => folder.remove());
}

/** Bytes per second for everything that the page sends. */
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
