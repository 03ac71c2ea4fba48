import { existsSync } from "node:fs";
import { expect } from "chai";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const missing = `The tests of the page need Chromium, and ${executablePath} is not there. Install it (on Debian: apt-get install chromium) or name another in CHROMIUM_PATH.`;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
];

/** Opens a page in a browser of its own profile, closed after the test. */
export type Visit = (url: string, options?: BrowserContextOptions & { script?: string }) => Promise<Page>;

/**
 * A suite with one browser. On a developer's machine without Chromium it is left out with a word; in CI it fails.
 *
 * Every page is watched: a script error, or anything that its content security policy refuses, fails the test.
 */
export function describeInBrowser(title: string, suite: (visit: Visit) => void): void {
  if (!existsSync(executablePath) && !process.env.CI) {
    console.warn(`Left out: ${title}. ${missing}`);
    return;
  }
  describe(title, () => {
    const contexts: BrowserContext[] = [];
    const complaints: string[] = [];
    let browser: Browser;

    before(async () => {
      if (!existsSync(executablePath)) throw new Error(missing);
      browser = await chromium.launch({ executablePath, args: flags });
    });
    after(() => browser?.close());
    afterEach(async () => {
      for (const context of contexts.splice(0)) await context.close();
      expect(complaints.splice(0)).to.deep.equal([]);
    });

    suite(async (url, { script, ...options } = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      if (script) await context.addInitScript({ content: script });
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => complaints.push(message));
      page.on("console", (message) => {
        if (/content.security.policy/i.test(message.text())) complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    });
  });
}
