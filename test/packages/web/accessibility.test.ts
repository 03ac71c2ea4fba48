import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { until } from "../../support/until.ts";
import { describeInBrowser } from "./browser.ts";
import {
  choose,
  drawing,
  hold,
  type PagePipeline,
  photo,
  settled,
  sidewaysScroll,
  startPagePipeline,
  text,
} from "./gallery.ts";

/** The script of axe, which runs before those of the page, where the content security policy does not apply. */
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Axe = { run(options: RunOptions): Promise<AxeResults> };

/** The rules to check in each colour scheme: dark colours change colours alone. */
const checks = {
  light: {},
  dark: { runOnly: ["color-contrast", "link-in-text-block"] },
} satisfies Record<string, RunOptions>;

/** Returns the rules that the page breaks in some colour schemes, each with the elements that break it. */
async function violations(page: Page, schemes: readonly (keyof typeof checks)[]): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`.uppy-Dashboard[data-uppy-theme=${colorScheme}]`).waitFor();
    for (const violation of await violationsNow(page, checks[colorScheme]))
      found.push(`${colorScheme}: ${violation}`);
  }
  return found;
}

async function violationsNow(page: Page, options: RunOptions): Promise<string[]> {
  const results = await page.evaluate(
    (options) => (globalThis as unknown as { axe: Axe }).axe.run(options),
    options,
  );
  return results.violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}

describeInBrowser("accessibility of the page", (visit) => {
  let pipeline: PagePipeline;
  before(async () => {
    pipeline = await startPagePipeline();
  });
  after(() => pipeline?.close());

  // A narrow page has the colours of a wide one.
  for (const [width, schemes] of [
    [1280, ["light", "dark"]],
    [375, ["light"]],
  ] as const) {
    it(`breaks no rule of axe at a width of ${width} pixels`, async () => {
      const page = await visit(pipeline.pageUrl, {
        script: axe,
        viewport: { width, height: 800 },
        reducedMotion: "reduce",
      });
      await page.getByText("Drop or paste files here").waitFor();
      expect(await violations(page, schemes)).to.deep.equal([]);

      const files = await hold(page, `${pipeline.cloud.urls.s3}/**`);
      const statuses = await hold(page, `${pipeline.cloud.urls.api}/uploads/*`);
      await choose(page, await drawing("sign.png"), text("broken.png", "image/png", "no picture"));
      await page.getByText("Uploading 2 files").waitFor();
      expect(await violations(page, schemes), "while it uploads").to.deep.equal([]);

      files.release();
      await page.locator("[aria-busy=true]").first().waitFor();
      expect(await violations(page, schemes), "while it converts").to.deep.equal([]);

      statuses.release();
      await settled(page, "sign.png");
      await settled(page, "broken.png");
      await page.getByText("Drop or paste files here").waitFor();
      expect(await violations(page, schemes), "with variants and failures").to.deep.equal([]);

      await page.route(`${pipeline.cloud.urls.api}/uploads`, (route) => route.abort());
      await choose(page, await drawing("lost.png"));
      await page.getByRole("alert").getByText("lost.png was not uploaded.").waitFor();
      expect(await violations(page, schemes), "with a file that was not uploaded").to.deep.equal([]);
      expect(await sidewaysScroll(page)).to.equal(0);
    });
  }

  it("can be used with only the keyboard", async () => {
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

  it("announces the outcome of an upload to screen readers", async () => {
    const page = await visit(pipeline.pageUrl);
    await choose(page, await photo("heard.jpg"));
    await page.getByRole("status").getByText("heard.jpg: 3 variants ready").waitFor();
  });

  it("fits the width of a narrow phone while files convert and after a failed upload", async () => {
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
});
