import { expect } from "chai";
import { describeInBrowser } from "./browser.ts";
import { card, choose, type PagePipeline, photo, settled, startPagePipeline, text } from "./gallery.ts";

describeInBrowser("the page, when something fails", (visit) => {
  let pipeline: PagePipeline;
  before(async () => {
    pipeline = await startPagePipeline({ "henkan:maxUploadMiB": 20 });
  });
  after(() => pipeline?.close());

  it("explains why a variant failed, and offers the others", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, text("broken.png", "image/png", "no picture at all"));
    const found = await settled(page, "broken.png");
    expect(await found.locator(".failed .failure").allTextContents()).to.deep.equal(
      Array(3).fill("The contents are not of a type that can be converted."),
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

  it("requests a new URL when one has expired", async () => {
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

  it("explains refusals of the API in sentences of its own", async () => {
    const page = await visit(pipeline.pageUrl);
    const sentences = {
      413: "The file is too large. At most 20.9 MB can be uploaded.",
      415: "This page cannot convert files of this type. Accepted are pictures.",
      500: "The upload service failed. Try again in a minute.",
    };
    let requests = 0;
    for (const [status, sentence] of Object.entries(sentences)) {
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

  it("requests the status of earlier uploads when the API can be reached again", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await photo("patient.jpg"));
    await settled(page, "patient.jpg");
    const api = `${pipeline.cloud.urls.api}/uploads/*`;
    await page.route(api, (route) => route.abort("connectionrefused"));
    await page.reload();
    const failure = page.getByText("The page will try again.");
    await failure.waitFor();
    await page.unroute(api);
    await failure.waitFor({ state: "detached" });
  });

  it("reports an upload that the stage has deleted", async () => {
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
    await card(page, "gone.jpg").getByText("This upload has been deleted.").waitFor();
  });

  it("explains that the browser does not allow the camera", async () => {
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("tab", { name: "Take a picture" }).click();
    const panel = page.getByRole("tabpanel");
    await panel.getByText("The browser does not allow this page to use it.").waitFor();
    expect(await page.locator(".uppy-Informer p").count()).to.equal(0);
    expect(await page.getByText("Permission denied").count()).to.equal(0);
  });
});
