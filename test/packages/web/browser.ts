import { expect } from "chai";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { leaveOut } from "../../left-out.ts";
import { findChromium } from "./chromium.ts";

const remedy = "install Chromium (on Debian: apt-get install chromium) or name one in CHROMIUM_PATH";

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

/** The browser's answers when a page asks for the camera. The camera is a fake. */
const cameraFlags = {
  allowed: "--use-fake-ui-for-media-stream",
  refused: "--use-fake-ui-for-media-stream=deny",
} as const;

/** Opens a page in a new browser profile, which is closed after the test. */
export type Visit = (url: string, options?: BrowserContextOptions & { script?: string }) => Promise<Page>;

/**
 * Defines a suite with one browser. Where no Chromium runs, the suite is skipped; under `CI=true` it fails.
 *
 * A script error on any page, or anything that a page's content security policy refuses, fails the test.
 */
export function describeInBrowser(
  title: string,
  suite: (visit: Visit) => void,
  { camera = "refused" }: { readonly camera?: keyof typeof cameraFlags } = {},
): void {
  describe(title, () => {
    const contexts: BrowserContext[] = [];
    const errors: string[] = [];
    let browser: Browser | undefined;

    before(async function () {
      const found = await findChromium();
      if (!found) return leaveOut(this, title, remedy);
      const { executablePath, env } = found;
      browser = await chromium.launch({
        executablePath,
        args: [...flags, cameraFlags[camera]],
        env: { ...process.env, ...env },
      });
    });
    after(() => browser?.close());
    afterEach(async () => {
      for (const context of contexts.splice(0)) await context.close();
      expect(errors.splice(0)).to.deep.equal([]);
    });

    suite(async (url, { script, ...options } = {}) => {
      if (!browser) throw new Error("The browser is started by the suite's before hook");
      const context = await browser.newContext(options);
      contexts.push(context);
      if (script) await context.addInitScript({ content: script });
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => errors.push(message));
      page.on("console", (message) => {
        if (/content.security.policy/i.test(message.text())) errors.push(message.text());
      });
      await page.goto(url);
      return page;
    });
  });
}
