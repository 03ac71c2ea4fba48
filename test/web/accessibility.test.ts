import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { describeInBrowser } from "./browser.ts";
import {
  choose,
  drawing,
  hold,
  type PagePipeline,
  settled,
  sidewaysScroll,
  startPagePipeline,
  text,
} from "./gallery.ts";

/** Put into the page before its own scripts, where its content security policy does not apply. */
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rules that the page breaks as it stands, in light and in dark, each with what breaks it. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`.uppy-Dashboard[data-uppy-theme=${colorScheme}]`).waitFor();
    for (const violation of await violationsNow(page)) found.push(`${colorScheme}: ${violation}`);
  }
  return found;
}

async function violationsNow(page: Page): Promise<string[]> {
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
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

  for (const width of [1280, 375]) {
    it(`has nothing for axe to find, ${width} pixels wide`, async () => {
      const page = await visit(pipeline.pageUrl, {
        script: axe,
        viewport: { width, height: 800 },
        reducedMotion: "reduce",
      });
      await page.getByText("Drop or paste files here").waitFor();
      expect(await violations(page)).to.deep.equal([]);

      const files = await hold(page, `${pipeline.cloud.urls.s3}/**`);
      const statuses = await hold(page, `${pipeline.cloud.urls.api}/uploads/*`);
      await choose(page, await drawing("sign.png"), text("broken.png", "image/png", "no picture"));
      await page.getByText("Uploading 2 files").waitFor();
      expect(await violations(page), "while it uploads").to.deep.equal([]);

      files.release();
      await page.locator("[aria-busy=true]").first().waitFor();
      expect(await violations(page), "while it converts").to.deep.equal([]);

      statuses.release();
      await settled(page, "sign.png");
      await settled(page, "broken.png");
      await page.getByText("Drop or paste files here").waitFor();
      expect(await violations(page), "with variants and failures").to.deep.equal([]);

      await page.route(`${pipeline.cloud.urls.api}/uploads`, (route) => route.abort());
      await choose(page, await drawing("lost.png"));
      await page.getByRole("alert").getByText("lost.png was not uploaded.").waitFor();
      expect(await violations(page), "with a file that was not uploaded").to.deep.equal([]);
      expect(await sidewaysScroll(page)).to.equal(0);
    });
  }
});
